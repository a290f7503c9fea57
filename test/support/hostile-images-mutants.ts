/** Honest and hostile pictures, damaged at random and the same in every run. */
import { crc32 } from 'node:zlib';
import { hostileImages } from './hostile-images.ts';
import { big, bytes, honest } from './hostile-images-parts.ts';
import { randomNumbers } from './procedural-photo.ts';

type Whole = (below: number) => number;
type Damage = (file: Buffer, whole: Whole) => Buffer;

const lies = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];

/** Two places in a file, the first one first, with at most 64 bytes between them. */
function span(file: Buffer, whole: Whole): readonly [number, number] {
  const from = whole(file.length);
  return [from, Math.min(file.length, from + 1 + whole(64))];
}

const damages: Readonly<Record<string, Damage>> = {
  'one bit turned': (file, whole) => {
    const at = whole(file.length);
    return Buffer.from(file.with(at, (file[at] as number) ^ (1 << whole(8))));
  },
  'some bytes replaced': (file, whole) => {
    const copy = Buffer.from(file);
    for (let left = 1 + whole(8); left > 0; left--) copy[whole(copy.length)] = whole(256);
    return copy;
  },
  'a number that lies': (file, whole) => {
    const number = big(lies[whole(lies.length)] as number, 4).slice(2 * whole(2));
    const copy = Buffer.from(file);
    copy.set(whole(2) === 0 ? number : number.reverse(), whole(copy.length - number.length));
    return copy;
  },
  'its end cut off': (file, whole) => file.subarray(0, 1 + whole(file.length)),
  'a part cut out': (file, whole) => {
    const [from, to] = span(file, whole);
    return bytes(file.subarray(0, from), file.subarray(to));
  },
  'a part twice': (file, whole) => {
    const [from, to] = span(file, whole);
    return bytes(file.subarray(0, to), file.subarray(from));
  },
  'two parts swapped': (file, whole) => {
    const [a, b] = span(file, whole);
    const [c, d] = span(file.subarray(b), whole).map((at) => at + b) as [number, number];
    return bytes(
      file.subarray(0, a),
      file.subarray(c, d),
      file.subarray(b, c),
      file.subarray(a, b),
      file.subarray(d),
    );
  },
  'a part of zeros': (file, whole) => {
    const [from, to] = span(file, whole);
    return Buffer.from(file.fill(0, from, to));
  },
};

/** Puts the checksums of a PNG right, so that the damage behind them is read. */
function resealed(file: Buffer): Buffer {
  for (let at = 8; at + 12 <= file.length; ) {
    const end = at + 8 + file.readUInt32BE(at);
    if (end + 4 > file.length) break;
    file.writeUInt32BE(crc32(file.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return file;
}

/** So many damaged pictures: half of them were honest before, half hostile though they could be decoded. */
export function* mutants(count: number): Generator<{ readonly name: string; readonly file: Buffer }> {
  const random = randomNumbers(count);
  const whole = (below: number) => Math.floor(random() * Math.max(1, below));
  const small = hostileImages
    .filter(({ ends }) => ends === 'decoded' || ends === 'either')
    .map(({ name, bytes: make }) => ({ name, file: Buffer.from(make()) }))
    // Large ones take seconds each and run no other code.
    .filter(({ name, file }) => !name.includes('megapixels') && file.length > 20 && file.length < 10_000);
  const intact = Object.entries(honest).map(([name, file]) => ({ name, file }));
  const kinds = Object.keys(damages);
  for (let i = 0; i < count; i++) {
    const originals = i % 2 === 0 ? intact : small;
    const original = originals[whole(originals.length)] as (typeof small)[number];
    const kind = kinds[whole(kinds.length)] as string;
    const damaged = (damages[kind] as Damage)(Buffer.from(original.file), whole);
    const isSealed = whole(2) === 0 && damaged.toString('latin1', 1, 4) === 'PNG';
    yield { name: `${i}: ${original.name}, ${kind}`, file: isSealed ? resealed(damaged) : damaged };
  }
}
