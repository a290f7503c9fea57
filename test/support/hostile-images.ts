/** Pictures made to do harm, each written in code: what a decoder must survive. */
import { gzipSync } from 'node:zlib';
import { hostileAvifs } from './hostile-images-avif.ts';
import { hostileJpegs } from './hostile-images-jpeg.ts';
import {
  big,
  boxOf,
  bytes,
  type HostileImage,
  type HostileRow,
  honest,
  little,
} from './hostile-images-parts.ts';
import { hostilePngs } from './hostile-images-png.ts';
import { hostileWebps } from './hostile-images-webp.ts';

const { jpeg, png, avif } = honest;
const zeros = (length: number) => Buffer.alloc(length);
const page = '<!doctype html><script>alert(document.cookie)</script>';
const outside =
  '<?xml version="1.0"?><!DOCTYPE s [<!ENTITY e SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&e;</svg>';

/** Files of other types, whose loaders may not even be asked. */
const foreign: readonly (readonly [string, Uint8Array])[] = [
  ['one byte', bytes([0xff])],
  ['a thousand zeros', zeros(1000)],
  ['a text', bytes('make it a snowy night\n'.repeat(20))],
  ['an HTML page', bytes(page)],
  ['an SVG that reads the disk', bytes(outside)],
  [
    'an SVG that asks the network',
    bytes('<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1:9/x.png"/></svg>'),
  ],
  ['an SVG of a gigapixel', bytes('<svg xmlns="http://www.w3.org/2000/svg" width="32000" height="32000"/>')],
  ['a GIF', bytes('GIF89a', little(65_535, 2), little(65_535, 2), zeros(20))],
  ['a TIFF whose directory is its own next', bytes('II*\0', little(8, 4), zeros(2), little(8, 4))],
  ['a big TIFF', bytes('MM\0+', big(8, 2), zeros(12))],
  ['a BMP of negative sides', bytes('BM', zeros(12), little(40, 4), zeros(8).fill(0xff), zeros(40))],
  ['a HEIC', bytes(boxOf('ftyp', 'heic\0\0\0\0mif1heic'), avif.subarray(28))],
  ['a video', bytes(boxOf('ftyp', 'isom\0\0\0\0isomavc1'), zeros(50))],
  ['a JPEG XL', bytes([0xff, 0x0a], zeros(50))],
  ['a PDF', bytes('%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj')],
  ['PostScript', bytes('%!PS\n(/etc/passwd) (r) file')],
  ['a drawing for ImageMagick', bytes('push graphic-context\nimage over 0,0 0,0 "|id"\npop graphic-context')],
  ['a pixmap of 10 gigapixels', bytes('P6 99999 99999 255\n')],
  ['a picture of libvips itself', bytes([0x08, 0xf2, 0xa6, 0xb6], little(64, 4), zeros(200))],
  ['an icon', bytes([0, 0, 1, 0, 255, 255], zeros(50))],
  ['a Photoshop document', bytes('8BPS', big(1, 2), zeros(50))],
  ['a matrix', bytes('MATLAB 5.0 MAT-file', zeros(200))],
  ['a packed SVG', gzipSync(outside)],
  ['a program', bytes('\x7fELF', zeros(60))],
  ['a script behind which a PNG hides', bytes('#!/bin/sh\n', png)],
  ['a ZIP behind which a JPEG hides', bytes('PK\x03\x04', jpeg)],
  ['a sound in the frame of a WebP', bytes('RIFF', little(40, 4), 'WAVEfmt ', zeros(30))],
];

/** Pictures that are something else as well. */
const twofold: readonly HostileRow[] = [
  ...Object.entries(honest).flatMap(([name, picture]): HostileRow[] => [
    [`a file of ${name} with a page behind it`, 'decoded', () => bytes(picture, page)],
    [`a file of ${name} with a ZIP behind it`, 'decoded', () => bytes(picture, 'PK\x05\x06', zeros(18))],
    [`a file of ${name} behind a page`, 'unsupported_media', () => bytes(page, picture)],
    [`a file of ${name} with 16 MiB of zeros behind it`, 'decoded', () => bytes(picture, zeros(2 ** 24))],
  ]),
  ['an empty file', 'image_corrupt', () => zeros(0)],
];

const rows: readonly HostileRow[] = [
  ...foreign.map(([name, file]): HostileRow => [name, 'unsupported_media', () => file]),
  ...twofold,
  ...hostileJpegs,
  ...hostilePngs,
  ...hostileWebps,
  ...hostileAvifs,
];

/** All of them; each name is there once. */
export const hostileImages: readonly HostileImage[] = rows.map(([name, ends, make]) => ({
  name,
  ends,
  bytes: make,
}));
