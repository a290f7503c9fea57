import { expect, it } from 'vitest';
import { EDIT_HELP, parseEditArguments } from './edit-arguments.ts';
import { defaultStateFolder } from './state-folder.ts';

const parse = (...words: string[]) => parseEditArguments(words, '/home/me', {});
/** What holds unless something else is asked for. */
const here = { isLocal: false, stateFolder: defaultStateFolder };

it('leaves what is not asked for to the model', () => {
  expect(parse('photo.jpg', 'make it a snowy night')).toEqual({
    ...here,
    photo: '/home/me/photo.jpg',
    prompt: 'make it a snowy night',
  });
});

it('reads every option, wherever it stands', () => {
  const words = ['--seed', '9007199254740991', '/pictures/a.PNG', '--guidance=1e1', '变成雪夜', '--json'];
  const more = ['--steps', '12', '--image-guidance', '1.5', '--scheduler', 'euler', '--model', 'a/b'];
  expect(parse(...words, ...more, '--out', 'b.JPEG')).toEqual({
    ...here,
    photo: '/pictures/a.PNG',
    prompt: '变成雪夜',
    seed: Number.MAX_SAFE_INTEGER,
    steps: 12,
    guidanceScale: 10,
    imageGuidanceScale: 1.5,
    scheduler: 'euler',
    model: 'a/b',
    out: { path: '/home/me/b.JPEG', format: 'jpeg' },
  });
});

it('knows the platform by its words, else by the environment, and needs none for an edit in this process', () => {
  const environment = { DARKROOM_URL: 'https://a.example/', DARKROOM_KEY: 'secret' };
  const server = (...words: string[]) =>
    parseEditArguments(['p.jpg', 'x', ...words], '/home/me', environment)?.server;
  expect(server()).toEqual({ url: 'https://a.example', key: 'secret' });
  expect(server('--server', 'http://b', '--key', 'other')).toEqual({ url: 'http://b', key: 'other' });
  expect(server('--local')).toBeUndefined();
});

it('takes words behind -- as they are', () => {
  expect(parse('--', '-1.jpg', '--help')).toMatchObject({ photo: '/home/me/-1.jpg', prompt: '--help' });
});

it('answers a call for help, which lists every option', () => {
  expect(parse('--help', '--seed', 'x')).toBeUndefined();
  const names = ['out', 'seed', 'steps', 'guidance', 'image-guidance', 'model', 'scheduler', 'json'];
  for (const name of [...names, 'server', 'key', 'state', 'local'])
    expect(EDIT_HELP).toContain(`  --${name} `);
});

it.each([
  [[], 'photo: expected a file name, got nothing; --help shows an example'],
  [['p.jpg'], 'prompt: expected what to change, got nothing; --help shows an example'],
  [['p.jpg', ''], 'prompt: expected 1 to 1000 characters, got 0'],
  [['p.jpg', 'x'.repeat(1001)], 'prompt: expected 1 to 1000 characters, got 1001'],
  [['p.jpg', 'make', 'it', 'snow'], 'expected a photo and a prompt, got 4 words; put the prompt in quotes'],
  [['p.jpg', 'x', '--seed', '1.5'], '--seed: expected a whole number from 0 to 9007199254740991, got "1.5"'],
  [['p.jpg', 'x', '--seed', '-1'], '--seed: expected a whole number from 0 to 9007199254740991, got "-1"'],
  [['p.jpg', 'x', '--steps', '0x10'], '--steps: expected a whole number from 1 to 150, got "0x10"'],
  [['p.jpg', 'x', '--steps', ''], '--steps: expected a whole number from 1 to 150, got ""'],
  [['p.jpg', 'x', '--guidance', '31'], '--guidance: expected a number from 0 to 30, got "31"'],
  [['p.jpg', 'x', '--image-guidance=NaN'], '--image-guidance: expected a number from 0 to 10, got "NaN"'],
  [['p.jpg', 'x', '--out', ''], '--out: expected a file name, got nothing'],
  [['p.jpg', 'x', '--model', ' '], '--model: expected a model folder or a hub id, got nothing'],
  [['p.jpg', 'x', '--sede', '1'], "unknown option '--sede'; --help lists the options"],
  [['p.jpg', 'x', '--state', ''], '--state: expected a folder, got nothing'],
  [
    ['p.jpg', 'x', '--server', 'ftp://x', '--key', 'k'],
    '--server: expected an address that begins with http, got "ftp://x"',
  ],
  [['p.jpg', 'x', '--server', 'http://x'], '--key: expected the key to http://x, got nothing'],
  [['p.jpg', 'x', '--server', 'http://x', '--local'], '--local: expected no --server beside it'],
  [['p.jpg', 'x', '--seed'], "option '--seed <value>' argument missing; --help lists the options"],
])('refuses %j, naming the word', (words, message) => {
  expect(() => parse(...words)).toThrow(expect.objectContaining({ code: 'invalid_request', message }));
});

it('names the schedulers there are', () => {
  expect(() => parse('p.jpg', 'x', '--scheduler', 'magic')).toThrow(
    /: expected one of ddpm, .*, got "magic"$/,
  );
});
