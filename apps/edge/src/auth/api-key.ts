/** The text of a key: `dk_live_`, 12 characters of id, 43 of secret, 6 of checksum. */
import type { KeyEnvironment, KeyId } from '@darkroom/shared/contracts/api-key';
import { crc32 } from '../crc32.ts';
import { bytesToBigInt, toBase62 } from './base62.ts';

const idLength = 12;
/** 43 base62 digits hold 256 bits. */
const secretLength = 43;
const checksumLength = 6;
const idBytes = 16;
const secretBytes = 32;

/** Random bytes that one key takes. */
export const apiKeyRandomBytes: number = idBytes + secretBytes;

const shape = new RegExp(
  `^(dk_(live|test)_([0-9A-Za-z]{${idLength}})_[0-9A-Za-z]{${secretLength}})_([0-9A-Za-z]{${checksumLength}})$`,
);

/** A key whose text is well formed; whether it is known, only the store can say. */
export interface ApiKey {
  readonly environment: KeyEnvironment;
  readonly id: KeyId;
  /** The secret whole; never stored, logged or put into an error. */
  readonly text: string;
}

const checksumOf = (body: string) => toBase62(BigInt(crc32(body)), checksumLength);

/**
 * A new key.
 *
 * @param random 48 bytes from the caller's secure source
 * @throws TypeError when the number of bytes is another
 */
export function makeApiKey(environment: KeyEnvironment, random: Uint8Array): ApiKey {
  if (random.length !== apiKeyRandomBytes)
    throw new TypeError(`random: expected ${apiKeyRandomBytes} bytes, got ${random.length}`);
  const id = toBase62(bytesToBigInt(random.subarray(0, idBytes)), idLength);
  const secret = toBase62(bytesToBigInt(random.subarray(idBytes)), secretLength);
  const body = `dk_${environment}_${id}_${secret}`;
  return { environment, id, text: `${body}_${checksumOf(body)}` };
}

/** The key that a text spells; `undefined` when its form or its checksum is wrong, which no database need be asked. */
export function parseApiKey(text: string): ApiKey | undefined {
  const [, body = '', environment, id = '', checksum] = shape.exec(text) ?? [];
  if (!environment || checksum !== checksumOf(body)) return undefined;
  return { environment: environment === 'live' ? 'live' : 'test', id, text };
}
