/** Reads of a file's first bytes; every read past their end is a refusal, never a guess. */
import { AppError } from '@darkroom/shared/errors';

/** What the header of a picture file says. */
export interface Sides {
  readonly width: number;
  readonly height: number;
}

/** A refusal of a file that breaks the rules of its format. */
export function corrupt(what: string): AppError {
  return new AppError('image_corrupt', { message: `image: ${what}` });
}

/** A refusal of a picture that moves. */
export function animated(format: string): AppError {
  const message = `image: expected a still JPEG, PNG, WebP or AVIF, got an animated ${format}`;
  return new AppError('unsupported_media', { message });
}

/** A view that knows where it ends. */
export class HeaderBytes {
  readonly length: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.length = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @throws AppError `image_corrupt` when so many bytes are not there */
  #need(at: number, size: number): number {
    if (at + size > this.length) throw corrupt('the file ends before its header does');
    return at;
  }

  uint8(at: number): number {
    return this.#view.getUint8(this.#need(at, 1));
  }

  uint16(at: number): number {
    return this.#view.getUint16(this.#need(at, 2));
  }

  uint32(at: number): number {
    return this.#view.getUint32(this.#need(at, 4));
  }

  uint16le(at: number): number {
    return this.#view.getUint16(this.#need(at, 2), true);
  }

  uint24le(at: number): number {
    return this.uint16le(at) + this.uint8(at + 2) * 0x1_0000;
  }

  uint32le(at: number): number {
    return this.#view.getUint32(this.#need(at, 4), true);
  }

  /** Four characters. */
  name(at: number): string {
    this.#need(at, 4);
    return this.text(at, 4);
  }

  /** So many characters, or as many as are there. */
  text(at: number, length: number): string {
    const end = Math.min(at + length, this.length);
    let text = '';
    for (let i = at; i < end; i++) text += String.fromCharCode(this.#view.getUint8(i));
    return text;
  }
}
