import { expect, it } from 'vitest';
import { chaosHelp, parseChaosArguments } from './chaos-arguments.ts';

const parse = (...words: string[]) => parseChaosArguments(words, { folder: '/here', random: () => 0.25 });

it('sends 500 jobs to 4 workers for 90 seconds unless told otherwise', () => {
  expect(parse()).toEqual({
    jobs: 500,
    workers: 4,
    seconds: 90,
    seed: 250_000,
    logs: undefined,
    json: false,
  });
  expect(
    parse('--jobs', '40', '--workers=2', '--seconds', '15', '--seed', '0', '--logs', 'x', '--json'),
  ).toEqual({
    jobs: 40,
    workers: 2,
    seconds: 15,
    seed: 0,
    logs: '/here/x',
    json: true,
  });
});

it('asks for nothing when help is wanted', () => {
  expect(parse('--help')).toBeUndefined();
  for (const name of ['--jobs', '--workers', '--seconds', '--seed', '--logs', '--json'])
    expect(chaosHelp).toContain(name);
});

it.each([
  [['--jobs', '9'], '--jobs: expected a whole number from 10 to 5000, got "9"'],
  [['--workers', '1'], '--workers: expected a whole number from 2 to 16, got "1"'],
  [['--seconds', '1e2'], '--seconds: expected a whole number from 5 to 600, got "1e2"'],
  [['--seed', '-1'], '--seed'],
  [['--speed', '1'], '--speed'],
  [['more'], 'more'],
])('refuses %j by name', (words, message) => {
  expect(() => parse(...words)).toThrow(
    expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(message) }),
  );
});
