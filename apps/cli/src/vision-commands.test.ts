import { expect, it } from 'vitest';
import { captionCommand } from './caption-command.ts';
import { type CommandView, queuedView, succeededView } from './command-view.ts';
import { detectCommand } from './detect-command.ts';
import { segmentCommand } from './segment-command.ts';
import { defaultStateFolder } from './state-folder.ts';

const place = { folder: '/home/me', environment: {} };
/** What holds unless something else is asked for. */
const here = { photo: '/home/me/p.jpg', isLocal: false, stateFolder: defaultStateFolder };
const commands = { segment: segmentCommand, detect: detectCommand, caption: captionCommand };
const parse = (kind: keyof typeof commands, ...words: string[]) => commands[kind].parse(words, place);

it('reads where the thing is that is to be outlined', () => {
  const words = ['p.jpg', '--point', '350,450', '--point', '-400,300', '--box', '0,0,9.5,8', '--text', '狗'];
  expect(parse('segment', ...words, '--mask', 'm.png', '--multimask', '--out', 'o.PNG')).toEqual({
    ...here,
    points: [
      { x: 350, y: 450, label: 1 },
      { x: 400, y: 300, label: 0 },
    ],
    box: [0, 0, 9.5, 8],
    text: '狗',
    mask: '/home/me/m.png',
    multimask: true,
    out: { path: '/home/me/o.PNG', format: 'png' },
  });
  expect(parse('segment', 'p.jpg')).toEqual(here);
});

it('reads what is to be found', () => {
  const words = ['dog', 'p.jpg', 'red car'];
  expect(parse('detect', 'p.jpg', 'dog', 'red car', '--threshold', '.3', '--limit', '5')).toEqual({
    ...here,
    queries: ['dog', 'red car'],
    threshold: 0.3,
    limit: 5,
  });
  expect(parse('detect', ...words, '--overlay', 'o.jpg', '--label-maps', 'maps')).toMatchObject({
    photo: '/home/me/dog',
    queries: ['p.jpg', 'red car'],
    overlay: { path: '/home/me/o.jpg', format: 'jpeg' },
    labelMaps: '/home/me/maps',
  });
});

it('reads how a caption is looked for', () => {
  expect(parse('caption', 'p.jpg', '--prompt', 'a photo of', '--beams', '1', '--max-tokens', '8')).toEqual({
    ...here,
    prompt: 'a photo of',
    beams: 1,
    maxTokens: 8,
  });
  expect(parse('caption', 'p.jpg', '--top-p', '.8', '--seed', '7')).toEqual({ ...here, topP: 0.8, seed: 7 });
});

it.each(['segment', 'detect', 'caption'] as const)('answers a call for help of %s', (kind) => {
  expect(parse(kind, '--help')).toBeUndefined();
  for (const name of ['model', 'server', 'key', 'state', 'local', 'json'])
    expect(commands[kind].help).toContain(`  --${name} `);
});

it.each([
  ['segment', [], 'photo: expected a file name, got nothing; --help shows an example'],
  ['segment', ['p.jpg', 'dog'], 'expected a photo and options, got "dog" too; --help lists the options'],
  ['segment', ['p.jpg', '--point', '1,2,3'], '--point: expected two numbers such as 350,450, got "1,2,3"'],
  ['segment', ['p.jpg', '--text', ''], '--text: expected 1 to 200 characters, got 0'],
  ['segment', ['p.jpg', '--out', 'm.jpg'], '--out: expected a name ending in .png, got "m.jpg"'],
  [
    'segment',
    ['p.jpg', '--box', '5,5,5,9'],
    '--box: expected its upper left corner before its lower right one, got "5,5,5,9"',
  ],
  ['detect', ['p.jpg'], 'queries: expected 1 to 16 names of things, got nothing; --help shows an example'],
  [
    'detect',
    ['p.jpg', ...Array.from({ length: 17 }, () => 'dog')],
    'queries: expected 1 to 16 names of things, got 17; --help shows an example',
  ],
  ['detect', ['p.jpg', ' '], 'queries: expected 1 to 200 characters, got 0'],
  ['detect', ['p.jpg', 'dog', '--threshold', '-1'], '--threshold: expected a number from 0 to 1, got "-1"'],
  ['detect', ['p.jpg', 'dog', '--limit', '0'], '--limit: expected a whole number from 1 to 300, got "0"'],
  ['caption', ['p.jpg', '--top-p', '2'], '--top-p: expected a number from 0.01 to 1, got "2"'],
  ['caption', ['p.jpg', '--beams', '9'], '--beams: expected a whole number from 1 to 8, got "9"'],
] as const)('%s refuses %j, naming the word', (kind, words, message) => {
  expect(() => parse(kind, ...words)).toThrow(expect.objectContaining({ code: 'invalid_request', message }));
});

function ended(kind: CommandView['kind'], result: CommandView['result']): CommandView {
  return succeededView(queuedView(kind, 'job_01m8916xvysq6yd2kxvg61y4wq', 0), [], result);
}

it('tells a person a line for each thing found', () => {
  const detections = [
    { label: 'dog', score: 0.876, box: [1.4, 2, 30, 40.6] as [number, number, number, number] },
    { label: 'red car', score: 0.5, box: [0, 0, 3, 4] as [number, number, number, number] },
  ];
  const { out, err } = detectCommand.tell(ended('detect', { kind: 'detect', detections }), Date.now());
  expect(out).toBe('dog\t0.88\t1,2,30,41\nred car\t0.50\t0,0,3,4\n');
  expect(err).toMatch(/^2 found, /);
  const nothing = detectCommand.tell(ended('detect', { kind: 'detect', detections: [] }), Date.now());
  expect(nothing).toEqual({ out: '', err: expect.stringMatching(/^nothing found, /) });
});

it('tells a person the sentence', () => {
  const result = { kind: 'caption', caption: 'a dog on grass', score: -0.5 } as const;
  expect(captionCommand.tell(ended('caption', result), Date.now()).out).toBe('a dog on grass\n');
});

it('tells a person which names mean nothing to the model', () => {
  const result = {
    kind: 'detect',
    detections: [],
    unknownQueries: ['quasar'],
  } satisfies CommandView['result'];
  const { err } = detectCommand.tell(ended('detect', result), Date.now());
  expect(err).toMatch(/^the model knows no word of "quasar"\nnothing found, /);
});
