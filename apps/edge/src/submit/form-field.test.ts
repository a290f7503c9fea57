import { requestContracts } from '@darkroom/shared/contracts/job-request';
import { expect, test } from 'vitest';
import { isList, readField } from './form-field.ts';

const { edit, segment, detect } = requestContracts;

test.each([
  ['a number', edit.shape.steps, ['12'], 12],
  ['a number that is none', edit.shape.steps, ['12 steps'], '12 steps'],
  ['the version', edit.shape.version, ['1'], 1],
  ['yes', edit.shape.enhance, ['true'], true],
  ['no', segment.shape.multimask, ['false'], false],
  ['words', edit.shape.prompt, ['[snow]'], '[snow]'],
  ['a list of points', segment.shape.points, ['[{"x":1,"y":2}]'], [{ x: 1, y: 2 }]],
  ['a box', segment.shape.box, ['[0, 0, 8.5, 9]'], [0, 0, 8.5, 9]],
  ['a box that is none', segment.shape.box, ['0,0,8,9'], '0,0,8,9'],
  ['a region', edit.shape.region, ['{"text":"the car"}'], { text: 'the car' }],
  ['one element of a list', detect.shape.queries, ['a dog'], ['a dog']],
  ['several elements of a list', detect.shape.queries, ['a dog', '[a cat]'], ['a dog', '[a cat]']],
  ['a list that breaks off', detect.shape.queries, ['["a dog"'], '["a dog"'],
  ['a field that nobody knows', undefined, ['1'], '1'],
] as const)('%s is read as the contract wants it', (_what, contract, texts, value) => {
  expect(readField(contract, texts as readonly string[] as readonly [string, ...string[]])).toEqual(value);
});

test('only lists may come in several fields', () => {
  expect([detect.shape.queries, segment.shape.points].map(isList)).toEqual([true, true]);
  expect([segment.shape.box, edit.shape.prompt, undefined].map(isList)).toEqual([false, false, false]);
});
