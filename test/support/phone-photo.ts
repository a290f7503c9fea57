/** Photos as a phone writes them, and what a JPEG file carries beside its pixels. */
import { encodeImage } from '@darkroom/gpu-worker/image/encode';
import type { Raster } from '@darkroom/gpu-worker/image/raster';
import { proceduralPhoto } from './procedural-photo.ts';

/** Words in the metadata that nobody else should read. */
export const privateWords = 'taken at home by Alice';

/**
 * A JPEG whose EXIF says that it lies on its side (orientation 6: the first row is the right edge), with a comment.
 * @param width of the pixels as they are stored; the upright photo has it as its height
 */
export async function sidewaysPhoto(width: number, height: number): Promise<Uint8Array> {
  const plain = await encodeImage(proceduralPhoto(width, height), { format: 'jpeg' });
  // TIFF 6.0: big-endian header, one directory with one entry: tag 0x112 (orientation), type SHORT, count 1, value 6.
  const exif = `Exif\0\0MM\0*\0\0\0\b\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0`;
  return Buffer.concat([
    plain.subarray(0, 2),
    segment(0xe1, exif),
    segment(0xfe, privateWords),
    plain.subarray(2),
  ]);
}

/** The stored pixels of such a photo turned clockwise, as a viewer shows them. */
export function turnUpright({ width, height, channels, data }: Raster): Raster {
  const turned = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const pixel = data.subarray((y * width + x) * channels, (y * width + x + 1) * channels);
      turned.set(pixel, (x * height + (height - 1 - y)) * channels);
    }
  }
  return { width: height, height: width, channels, data: turned };
}

/** Marker, length, content (ITU-T T.81, B.1.1.4). */
function segment(marker: number, text: string): Uint8Array {
  const content = Buffer.from(text, 'latin1');
  const length = content.length + 2;
  return Buffer.concat([Uint8Array.of(0xff, marker, length >> 8, length & 255), content]);
}

/** Markers of a JPEG's segments up to its pixels, such as 0xe0 (JFIF), 0xe1 (EXIF, XMP), 0xe2 (colour profile), 0xfe (comment). */
export function jpegMarkers(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const markers: number[] = [];
  for (let at = 2; view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    markers.push(view.getUint8(at + 1));
    if (markers.at(-1) === 0xda) break;
  }
  return markers;
}
