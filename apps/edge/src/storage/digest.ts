import type { DigestStream } from '@cloudflare/workers-types';

const hex = (digest: ArrayBuffer) =>
  Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** SHA-256 of bytes, in lower-case hexadecimal. */
export async function sha256Hex(bytes: ArrayBuffer): Promise<string> {
  return hex(await crypto.subtle.digest('SHA-256', bytes));
}

export interface StreamDigest {
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Its first bytes. */
  readonly head: Uint8Array;
}

/** The Workers runtime's own digest of streams, which the declarations of browsers lack. */
const { DigestStream: Sha256Stream } = crypto as unknown as {
  readonly DigestStream: new (algorithm: 'SHA-256') => DigestStream;
};

/** Reads a stream to its end, of which no more is held than its first bytes. */
export async function digestStream(
  stream: ReadableStream<Uint8Array>,
  headBytes: number,
): Promise<StreamDigest> {
  const sink = new Sha256Stream('SHA-256');
  const writer = sink.getWriter();
  const head: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) {
    if (sizeBytes < headBytes) head.push(chunk.slice(0, headBytes - sizeBytes));
    sizeBytes += chunk.length;
    await writer.write(chunk);
  }
  await writer.close();
  const whole = new Uint8Array(await new Blob(head as BlobPart[]).arrayBuffer());
  return { sizeBytes, sha256: hex(await sink.digest), head: whole };
}
