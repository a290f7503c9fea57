import { expect, it } from 'vitest';
import { EDIT_HELP, parseEditArguments } from './edit-arguments.ts';
import { defaultStateFolder } from './state-folder.ts';

const parse = (...words: string[]) => parseEditArguments(words, { folder: '/home/me', environment: {} });
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
    parseEditArguments(['p.jpg', 'x', ...words], { folder: '/home/me', environment })?.server;
  expect(server()).toEqual({ url: 'https://a.example', key: 'secret' });
  expect(server('--server', 'http://b', '--key', 'other')).toEqual({ url: 'http://b', key: 'other' });
  expect(server('--local')).toBeUndefined();
});

it('reads where the edit is to be', () => {
  expect(parse('p.jpg', 'x', '--region', 'the car', '--feather', '4')?.region).toEqual({
    text: 'the car',
    feather: 4,
  });
  expect(
    parse('p.jpg', 'x', '--point', '350,450', '--point', '-400,300.5', '--box=1,2,30,40')?.region,
  ).toEqual({
    points: [
      { x: 350, y: 450, label: 1 },
      { x: 400, y: 300.5, label: 0 },
    ],
    box: [1, 2, 30, 40],
  });
  expect(parse('p.jpg', 'x', '--mask', 'm.png', '--feather', '4')).toMatchObject({
    mask: '/home/me/m.png',
    feather: 4,
  });
});

it('takes words behind -- as they are', () => {
  expect(parse('--', '-1.jpg', '--help')).toMatchObject({ photo: '/home/me/-1.jpg', prompt: '--help' });
});

it('answers a call for help, which lists every option', () => {
  expect(parse('--help', '--seed', 'x')).toBeUndefined();
  const names = [
    'region',
    'point',
    'box',
    'mask',
    'feather',
    'out',
    'seed',
    'steps',
    'guidance',
    'image-guidance',
    'model',
    'scheduler',
    'json',
  ];
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
  [['p.jpg', 'x', '--region', ' '], '--region: expected 1 to 200 characters, got 0'],
  [['p.jpg', 'x', '--point', '350'], '--point: expected two numbers such as 350,450, got "350"'],
  [['p.jpg', 'x', '--box', '1,2,3'], '--box: expected four numbers such as 20,30,200,240, got "1,2,3"'],
  [
    ['p.jpg', 'x', '--box', '9,2,3,4'],
    '--box: expected its upper left corner before its lower right one, got "9,2,3,4"',
  ],
  [
    ['p.jpg', 'x', '--mask', 'm.png', '--region', 'car'],
    '--mask: expected no --region, --point or --box beside it',
  ],
  [['p.jpg', 'x', '--feather', '4'], '--feather: expected --region, --point, --box or --mask beside it'],
  [
    ['p.jpg', 'x', '--region', 'car', '--feather', '65'],
    '--feather: expected a number from 0 to 64, got "65"',
  ],
  [['p.jpg', 'x', '--seed'], "option '--seed <value>' argument missing; --help lists the options"],
])('refuses %j, naming the word', (words, message) => {
  expect(() => parse(...words)).toThrow(expect.objectContaining({ code: 'invalid_request', message }));
});

it('names the schedulers there are', () => {
  expect(() => parse('p.jpg', 'x', '--scheduler', 'magic')).toThrow(
    /: expected one of ddpm, .*, got "magic"$/,
  );
});
