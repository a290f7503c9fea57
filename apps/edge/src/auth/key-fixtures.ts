/** What the tests of keys share: a clock that stands, a store in memory, peppers, and keys that work. */
import type { KeyEnvironment, KeyId } from '@darkroom/shared/contracts/api-key';
import { type ApiKey, apiKeyRandomBytes, makeApiKey } from './api-key.ts';
import type { SigningKeys } from './client-token.ts';
import { createKeyHasher, type KeyHash, type KeyHasher, type Pepper } from './key-hash.ts';
import type { KeyRecord, KeyStore } from './key-record.ts';

export const startMs = Date.UTC(2026, 10, 1);

const bytes = (length: number, first: number) =>
  Uint8Array.from({ length }, (_, i) => (first + i * 37) % 256);

export const pepper = (version: number): Pepper => ({ version, secret: bytes(32, version) });
export const hasher: KeyHasher = createKeyHasher([pepper(2), pepper(1)]);
export const signingKeys: SigningKeys = [
  { kid: 'b', secret: bytes(32, 11) },
  { kid: 'a', secret: bytes(32, 12) },
];

/** The same key for the same number, every time. */
export function testKey(number: number, environment: KeyEnvironment = 'live'): ApiKey {
  return makeApiKey(environment, bytes(apiKeyRandomBytes, number));
}

/** A record that lets its key do one thing. */
export async function recordOf(key: ApiKey, changes: Partial<KeyRecord> = {}): Promise<KeyRecord> {
  return {
    id: key.id,
    identityId: key.id,
    projectId: 'project_1',
    name: 'phone backend',
    environment: key.environment,
    hash: await hasher.hash(key.text),
    scopes: ['jobs:read'],
    models: null,
    limits: { requestsPerMinute: 600, concurrency: 20, spendCapMicros: null },
    createdAtMs: startMs,
    expiresAtMs: null,
    revokedAtMs: null,
    disabledAtMs: null,
    replacedById: null,
    ...changes,
  };
}

/** A key store in memory that counts its reads and can be told to fail. */
export class MemoryKeyStore implements KeyStore {
  readonly reads: { keys: number; versions: number } = { keys: 0, versions: 0 };
  isDown = false;
  readonly #records = new Map<KeyId, KeyRecord>();
  #version = 0;

  /** Writes a record, as every change of a key does: together with the version. */
  put(record: KeyRecord): void {
    this.#records.set(record.id, record);
    this.#version++;
  }

  get(id: KeyId): KeyRecord | undefined {
    return this.#records.get(id);
  }

  async find(id: KeyId): Promise<KeyRecord | undefined> {
    this.#answer();
    this.reads.keys++;
    return this.#records.get(id);
  }

  async rehash(id: KeyId, from: KeyHash, to: KeyHash): Promise<void> {
    this.#answer();
    const record = this.#records.get(id);
    if (record?.hash.digest === from.digest) this.put({ ...record, hash: to });
  }

  async revocationVersion(): Promise<number> {
    this.#answer();
    this.reads.versions++;
    return this.#version;
  }

  #answer(): void {
    if (this.isDown) throw new Error('D1 is down');
  }
}
