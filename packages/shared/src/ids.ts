/** Identifiers: `job_` and 26 base32 characters, of which the first ten are the time, so that ids sort by creation. */
import { z } from 'zod';

/** Crockford's base32 in lower case: no i, l, o, u. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const timeLength = 10;
const randomLength = 16;
/** Random bytes that one id takes. */
export const idRandomBytes = 10;
/** 48 bits of milliseconds last until the year 10889. */
const timeLimit = 2 ** 48;

export type IdPrefix = 'job' | 'asset' | 'webhook' | 'delivery';

const pattern = (prefix: IdPrefix) => new RegExp(`^${prefix}_[0-7][${alphabet}]{25}$`);

export const JobId = z.string().regex(pattern('job'), 'expected job_ and 26 base32 characters');
export type JobId = z.infer<typeof JobId>;

export const AssetId = z.string().regex(pattern('asset'), 'expected asset_ and 26 base32 characters');
export type AssetId = z.infer<typeof AssetId>;

export const WebhookId = z.string().regex(pattern('webhook'), 'expected webhook_ and 26 base32 characters');
export type WebhookId = z.infer<typeof WebhookId>;

export const DeliveryId = z
  .string()
  .regex(pattern('delivery'), 'expected delivery_ and 26 base32 characters');
export type DeliveryId = z.infer<typeof DeliveryId>;

/** The base32 digits of a whole number, most significant first. */
function timeDigits(value: number): string {
  return Array.from({ length: timeLength }, (_, i) => {
    const digit = Math.floor(value / 32 ** (timeLength - 1 - i)) % 32;
    return alphabet.charAt(digit);
  }).join('');
}

/** 80 bits in 16 digits: every five bytes make eight. */
function randomDigits(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  return Array.from({ length: randomLength }, (_, i) =>
    alphabet.charAt(Number.parseInt(bits.slice(i * 5, i * 5 + 5), 2)),
  ).join('');
}

/**
 * A new identifier.
 *
 * @param prefix what it identifies
 * @param nowMs milliseconds since 1970, from the caller's clock
 * @param random ten bytes from the caller's secure source; ids of one millisecond are told apart by them alone
 * @throws TypeError when the time or the number of bytes is out of range
 */
export function makeId(prefix: IdPrefix, nowMs: number, random: Uint8Array): string {
  if (!Number.isInteger(nowMs) || nowMs < 0 || nowMs >= timeLimit)
    throw new TypeError(`nowMs: expected whole milliseconds in 0..2^48-1, got ${nowMs}`);
  if (random.length !== idRandomBytes)
    throw new TypeError(`random: expected ${idRandomBytes} bytes, got ${random.length}`);
  return `${prefix}_${timeDigits(nowMs)}${randomDigits(random)}`;
}

/** When an id was made, in milliseconds since 1970. */
export function idTimeMs(id: JobId | AssetId | DeliveryId): number {
  const start = id.indexOf('_') + 1;
  return [...id.slice(start, start + timeLength)].reduce(
    (time, digit) => time * 32 + alphabet.indexOf(digit),
    0,
  );
}
