/** Keys are stored as HMAC-SHA-256 under a pepper that the database never sees. */

/** A secret of the deployment, with the version by which stored hashes name it. */
export interface Pepper {
  readonly version: number;
  /** At least 32 bytes. */
  readonly secret: Uint8Array<ArrayBuffer>;
}

/** New hashes take the current pepper; hashes under the previous one are still accepted while keys move over. */
export type Peppers = readonly [current: Pepper, previous?: Pepper];

/** What the database holds of a key. */
export interface KeyHash {
  readonly pepperVersion: number;
  /** 64 lower-case hexadecimal digits. */
  readonly digest: string;
}

export interface KeyHasher {
  /** The hash to store, under the current pepper. */
  hash(text: string): Promise<KeyHash>;
  /** Whether the text has that hash. Takes equally long whether there is a hash to compare with or not. */
  matches(text: string, hash: KeyHash | undefined): Promise<boolean>;
  /** Whether the hash is under the current pepper. */
  isCurrent(hash: KeyHash): boolean;
}

const minPepperBytes = 32;
const algorithm = { name: 'HMAC', hash: 'SHA-256' } as const;
const encoder = new TextEncoder();
/** Stands for the hash of a key that does not exist. */
const noDigest = '0'.repeat(64);

const toHex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const fromHex = (text: string) =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

function checkPeppers([current, previous]: Peppers): void {
  for (const pepper of previous ? [current, previous] : [current])
    if (pepper.secret.length < minPepperBytes)
      throw new TypeError(
        `pepper ${pepper.version}: expected ${minPepperBytes} bytes or more, got ${pepper.secret.length}`,
      );
  if (current.version === previous?.version)
    throw new TypeError(`peppers: expected two versions, got ${current.version} twice`);
}

/**
 * Hashes keys and compares them in constant time.
 *
 * @throws TypeError when a pepper is short or both have one version
 */
export function createKeyHasher(peppers: Peppers): KeyHasher {
  checkPeppers(peppers);
  const [current, previous] = peppers;
  // Keys, not promises, are kept: a promise of one request must not be awaited by another on Workers.
  const imported = new Map<number, CryptoKey>();
  async function keyOf({ version, secret }: Pepper): Promise<CryptoKey> {
    const known = imported.get(version);
    if (known) return known;
    const key = await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign', 'verify']);
    imported.set(version, key);
    return key;
  }
  return {
    async hash(text) {
      const digest = await crypto.subtle.sign('HMAC', await keyOf(current), encoder.encode(text));
      return { pepperVersion: current.version, digest: toHex(new Uint8Array(digest)) };
    },
    async matches(text, hash) {
      const pepper = [current, previous].find((known) => known?.version === hash?.pepperVersion);
      const digest = fromHex((pepper && hash?.digest) ?? noDigest);
      // The platform's own verification compares in constant time, on Workers and in Node alike.
      const isEqual = await crypto.subtle.verify(
        'HMAC',
        await keyOf(pepper ?? current),
        digest,
        encoder.encode(text),
      );
      return isEqual && pepper !== undefined;
    },
    isCurrent: ({ pepperVersion }) => pepperVersion === current.version,
  };
}
