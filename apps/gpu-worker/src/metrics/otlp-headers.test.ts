import { expect, it } from 'vitest';
import { OtlpHeaders } from './otlp-headers.ts';

it.each([
  ['', {}],
  ['api-key=abc', { 'api-key': 'abc' }],
  [' Api-Key = a%2Cb%20c , x=1,', { 'api-key': 'a,b c', x: '1' }],
  ['authorization=Basic%20YTpi==', { authorization: 'Basic YTpi==' }],
])('reads %j', (text, headers) => {
  expect(OtlpHeaders.parse(text)).toEqual(headers);
});

it.each(['hidden', '=hidden', 'a b=hidden', 'a=%E0%A4hidden', 'a=hidden;b'])(
  'refuses %j and repeats nothing of it',
  (text) => {
    const { error } = OtlpHeaders.safeParse(text);
    expect(error?.message).toContain('expected name=value pairs');
    expect(error?.message).not.toContain('hidden');
  },
);
