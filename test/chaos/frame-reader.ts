// Reads the text messages of a WebSocket out of the bytes of its connection, for whoever listens in between.

const headEnd = '\r\n\r\n';
/** An upgrade that was granted, or a request for one: what comes behind any other head is not for us. */
const upgradeHead = /^(?:HTTP\/1\.1 101 |GET )/;
const opcodes = { continuation: 0, text: 1, binary: 2 } as const;

interface RawFrame {
  readonly isFinal: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
  readonly sizeBytes: number;
}

/** One direction of a connection without compression (RFC 6455). */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);
  #isOpen: boolean | undefined;
  #parts: Buffer[] = [];
  #opcode: number = opcodes.text;

  /** The messages that these bytes complete. */
  push(chunk: Uint8Array): string[] {
    if (this.#isOpen === false) return [];
    this.#pending = Buffer.concat([this.#pending, chunk]);
    if (this.#isOpen === undefined) this.#readHead();
    if (!this.#isOpen) return [];
    const texts: string[] = [];
    for (let frame = readFrame(this.#pending); frame; frame = readFrame(this.#pending)) {
      this.#pending = this.#pending.subarray(frame.sizeBytes);
      const text = this.#join(frame);
      if (text !== undefined) texts.push(text);
    }
    return texts;
  }

  #readHead(): void {
    const end = this.#pending.indexOf(headEnd);
    if (end < 0) return;
    this.#isOpen = upgradeHead.test(this.#pending.toString('latin1', 0, 16));
    this.#pending = this.#pending.subarray(end + headEnd.length);
  }

  /** The text that this frame ends, if it ends one; control frames may stand between the parts of a message. */
  #join({ isFinal, opcode, payload }: RawFrame): string | undefined {
    if (opcode > opcodes.binary) return undefined;
    if (opcode !== opcodes.continuation) {
      this.#opcode = opcode;
      this.#parts = [];
    }
    this.#parts.push(payload);
    if (!isFinal || this.#opcode !== opcodes.text) return undefined;
    return Buffer.concat(this.#parts).toString();
  }
}

/** The first frame of the bytes; undefined = it has not come whole. */
function readFrame(bytes: Buffer): RawFrame | undefined {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const maskBytes = second & 0x80 ? 4 : 0;
  const headBytes = 2 + lengthBytes + maskBytes;
  if (bytes.length < headBytes) return undefined;
  const length = lengthBytes === 0 ? short : readLength(bytes, lengthBytes);
  const sizeBytes = headBytes + length;
  if (bytes.length < sizeBytes) return undefined;
  const payload = Buffer.from(bytes.subarray(headBytes, sizeBytes));
  if (maskBytes > 0) unmask(payload, bytes.subarray(headBytes - maskBytes, headBytes));
  return { isFinal: (first & 0x80) !== 0, opcode: first & 0x0f, payload, sizeBytes };
}

function readLength(bytes: Buffer, lengthBytes: 2 | 8): number {
  return lengthBytes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
}

function unmask(payload: Buffer, mask: Buffer): void {
  for (let i = 0; i < payload.length; i++) payload[i] = (payload[i] as number) ^ (mask[i % 4] as number);
}
