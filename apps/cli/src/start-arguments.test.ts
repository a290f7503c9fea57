import { expect, it } from 'vitest';
import { parseStartArguments, START_HELP } from './start-arguments.ts';
import { defaultStateFolder } from './state-folder.ts';

const parse = (...words: string[]) => parseStartArguments(words, '/home/me');

it('knows what is usual, and reads every option', () => {
  const usual = { port: 8787, workers: 1, stateFolder: defaultStateFolder, isFresh: false };
  expect(parse()).toEqual(usual);
  expect(parse('--port', '0', '--workers=3', '--state', 'here', '--fresh')).toEqual({
    port: 0,
    workers: 3,
    stateFolder: '/home/me/here',
    isFresh: true,
  });
});

it('answers a call for help, which lists every option', () => {
  expect(parse('--help', '--port', 'x')).toBeUndefined();
  for (const name of ['port', 'workers', 'state', 'fresh', 'help'])
    expect(START_HELP).toContain(`  --${name} `);
});

it.each([
  [['--port', '65536'], '--port: expected a whole number from 0 to 65535, got "65536"'],
  [['--port', ''], '--port: expected a whole number from 0 to 65535, got ""'],
  [['--workers', '0'], '--workers: expected a whole number from 1 to 16, got "0"'],
  [['--state', ' '], '--state: expected a folder, got nothing'],
  [['--prot', '1'], "unknown option '--prot'; --help lists the options"],
])('refuses %j, naming the word', (words, message) => {
  expect(() => parse(...words)).toThrow(expect.objectContaining({ code: 'invalid_request', message }));
});
