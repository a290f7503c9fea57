/** Digits, then capitals, then small letters: texts that survive double clicks and web addresses. */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base = BigInt(alphabet.length);

/** The last `length` base62 digits of a whole number, most significant first, zeros in front. */
export function toBase62(value: bigint, length: number): string {
  const digits: string[] = [];
  let rest = value;
  for (let i = 0; i < length; i++) {
    digits.push(alphabet.charAt(Number(rest % base)));
    rest /= base;
  }
  return digits.reverse().join('');
}

/** Bytes read as one whole number, most significant first. */
export function bytesToBigInt(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
