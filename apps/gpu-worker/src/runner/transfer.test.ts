import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ObjectStore, signature } from '../../../../test/support/object-store.ts';
import { readObject, sha256Of, type Transfer, writeObject } from './transfer.ts';

let store: ObjectStore;
let waits: number[];
beforeEach(async () => {
  store = await ObjectStore.open();
  waits = [];
});
afterEach(() => store[Symbol.asyncDispose]());

const bytes = new Uint8Array([1, 2, 3, 4]);
const image: ImageRef = { key: 'photo', sha256: sha256Of(bytes), sizeBytes: 4, mime: 'image/png' };

function transfer(changes: Partial<Transfer> = {}): Transfer {
  const sleep = async (ms: number) => void waits.push(ms);
  const { signal } = new AbortController();
  return { name: 'image', url: store.url('photo'), signal, fetch, sleep, ...changes };
}

it('reads the bytes that the job names', async () => {
  store.objects.set('photo', bytes);
  expect(await readObject(image, transfer())).toEqual(bytes);
});

it.each([
  ['shorter', bytes.subarray(1), /expected 4 bytes, got 3/],
  ['longer', new Uint8Array(2 ** 22), /expected 4 bytes, got more/],
  ['other', new Uint8Array([1, 2, 3, 5]), /expected SHA-256 9f64a747e/],
])('refuses %s bytes at once, without reading on', async (_, stored, message) => {
  store.objects.set('photo', stored);
  await expect(readObject(image, transfer())).rejects.toThrow(
    expect.objectContaining({ code: 'image_corrupt', message: expect.stringMatching(message) }),
  );
  expect(store.requests).toHaveLength(1);
});

it('says at once when nothing is stored', async () => {
  await expect(readObject(image, transfer())).rejects.toMatchObject({ code: 'not_found' });
  expect(waits).toEqual([]);
});

it('writes with the headers that the address was signed with, after two failures', async () => {
  store.failures.push({ method: 'PUT', status: 503 }, { method: 'PUT', status: 500 });
  await writeObject(bytes, { 'content-type': 'image/png', 'x-amz-checksum-sha256': 'abc=' }, transfer());
  expect(store.objects.get('photo')).toEqual(Buffer.from(bytes));
  expect(store.requests.map(({ status }) => status)).toEqual([503, 500, 200]);
  expect(store.requests.at(-1)?.headers).toMatchObject({
    'content-type': 'image/png',
    'content-length': '4',
    'x-amz-checksum-sha256': 'abc=',
  });
  expect(waits).toEqual([250, 1000]);
});

it('gives up after half a minute, and shows no signed address', async () => {
  store.failures.push(...Array.from({ length: 7 }, () => ({ method: 'PUT', status: 503 })));
  const failure = await writeObject(bytes, {}, transfer()).catch((error) => error);
  expect(failure).toMatchObject({ code: 'unavailable', message: 'image: the store answered 503' });
  expect(JSON.stringify([failure, failure.message])).not.toContain(signature);
  expect(waits).toEqual([250, 1000, 4000, 8000, 8000, 8000]);
});

it('does not repeat what was refused for good', async () => {
  const url = store.url('photo').replace('5ec', 'bad');
  await expect(writeObject(bytes, {}, transfer({ url }))).rejects.toMatchObject({ code: 'unavailable' });
  expect(store.requests).toHaveLength(1);
});

it('repeats when the store cannot be reached', async () => {
  const unreachable = transfer();
  await store[Symbol.asyncDispose]();
  await expect(readObject(image, unreachable)).rejects.toMatchObject({ code: 'unavailable' });
  expect(waits).toHaveLength(6);
});

it('ends with the signal’s reason', async () => {
  const reason = new Error('canceled');
  const signal = AbortSignal.abort(reason);
  await expect(readObject(image, transfer({ signal }))).rejects.toBe(reason);
  expect(waits).toEqual([]);
});
