import { describe, expect, test } from 'vitest';
import { cacheKeys } from './key-cache.ts';
import { MemoryKeyStore, recordOf, startMs, testKey } from './key-fixtures.ts';

const key = testKey(1);
const record = await recordOf(key);

function cacheUnderTest() {
  const store = new MemoryKeyStore();
  store.put(record);
  const clock = { nowMs: startMs };
  return { store, clock, keys: cacheKeys(store, { nowMs: () => clock.nowMs }) };
}

describe('cacheKeys', () => {
  test('reads a record once and the version twice a second, however often it is asked', async () => {
    const { store, clock, keys } = cacheUnderTest();
    for (let i = 0; i < 100; i++) {
      expect(await keys.find(key.id)).toBe(record);
      clock.nowMs += 10;
    }
    expect(store.reads).toEqual({ keys: 1, versions: 2 });
  });

  test('sees a revocation within half a second', async () => {
    const { store, clock, keys } = cacheUnderTest();
    await keys.find(key.id);
    const revoked = { ...record, revokedAtMs: startMs };
    store.put(revoked);
    clock.nowMs += 500;
    expect(await keys.find(key.id)).toBe(revoked);
  });

  test('does not keep a record that changed while it was read', async () => {
    const { store, clock, keys } = cacheUnderTest();
    const changed = { ...record, name: 'changed' };
    const slow = store.find.bind(store);
    store.find = async (id) => {
      const found = await slow(id);
      store.put(changed);
      store.find = slow;
      return found;
    };
    expect(await keys.find(key.id)).toBe(record);
    clock.nowMs += 500;
    expect(await keys.find(key.id)).toBe(changed);
  });

  test('reads a record again after half a minute, whatever the version says', async () => {
    const { store, clock, keys } = cacheUnderTest();
    await keys.find(key.id);
    clock.nowMs += 29_999;
    await keys.find(key.id);
    expect(store.reads.keys).toBe(1);
    clock.nowMs += 1;
    await keys.find(key.id);
    expect(store.reads.keys).toBe(2);
  });

  test('never remembers that a key is unknown', async () => {
    const { store, keys } = cacheUnderTest();
    const late = testKey(2);
    expect(await keys.find(late.id)).toBeUndefined();
    const found = await recordOf(late);
    store.put(found);
    expect(await keys.find(late.id)).toBe(found);
  });

  test('believes nothing when its clock was set back', async () => {
    const { store, clock, keys } = cacheUnderTest();
    await keys.find(key.id);
    clock.nowMs -= 3_600_000;
    await keys.find(key.id);
    expect(store.reads).toEqual({ keys: 2, versions: 2 });
  });

  test('fails when the version cannot be read, even with the record at hand', async () => {
    const { store, clock, keys } = cacheUnderTest();
    await keys.find(key.id);
    store.isDown = true;
    expect(await keys.find(key.id)).toBe(record);
    clock.nowMs += 500;
    await expect(keys.find(key.id)).rejects.toThrow('D1 is down');
  });
});
