/** The port to where pictures lie; keys and bytes mean nothing to it. */
import type { ImageRef } from '@darkroom/shared/contracts/image-ref';

/** Keys that one listing holds at most. */
export const maxListed = 1000;

/** What the store knows of an object without reading it. */
export interface StoredObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** Content type that it was stored with; null = none. */
  readonly mime: string | null;
}

/** Where a picture can be put or fetched by whoever holds the address. */
export interface SignedAddress {
  readonly url: string;
  readonly expiresAtMs: number;
}

export interface SignPutOptions {
  /** Content type that the PUT must carry. */
  readonly mime: string;
  /** Exact length that the PUT must carry; absent = any. */
  readonly sizeBytes?: number;
  readonly ttlSeconds: number;
}

export interface CopyOptions {
  readonly mime: ImageRef['mime'];
  /** SHA-256 of the bytes, in lower-case hexadecimal. */
  readonly sha256: string;
}

export interface ImageStore {
  /** Stores bytes; whatever lay there is replaced. */
  put(key: string, bytes: ArrayBuffer, mime: ImageRef['mime']): Promise<void>;
  head(key: string): Promise<StoredObject | undefined>;
  /** The bytes, or undefined when there is no such object. */
  read(key: string): Promise<ReadableStream<Uint8Array> | undefined>;
  /**
   * Copies an object, without its bytes passing through memory at once, if they have this digest; whatever lay there
   * is replaced. False = there is no such object, or its bytes are others.
   */
  copy(from: string, to: string, options: CopyOptions): Promise<boolean>;
  /** Deletes objects; those that do not exist count as deleted. */
  delete(keys: readonly string[]): Promise<void>;
  /** Keys that begin so, in order, at most `maxListed`. */
  list(prefix: string): Promise<readonly string[]>;
  signGet(key: string, ttlSeconds: number): Promise<SignedAddress>;
  signPut(key: string, options: SignPutOptions): Promise<SignedAddress>;
}
