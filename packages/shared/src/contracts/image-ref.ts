import { z } from 'zod';

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits');

/** Bytes of an image file, at most: 128 MiB holds a PNG of 40 megapixels of noise. */
export const maxImageBytes: number = 128 * 2 ** 20;

/** Pixels of a picture, at most: what a decoder of its type holds within 512 MiB of memory. */
export const maxImagePixels = {
  'image/jpeg': 50_000_000,
  'image/png': 50_000_000,
  'image/webp': 40_000_000,
  'image/avif': 18_000_000,
} as const;

/** Where stored image bytes lie and what they are; the bytes themselves never travel in JSON. */
export const ImageRef = z.strictObject({
  key: z.string().min(1).max(512).describe('Key of the object in the image store.'),
  sha256: Sha256.describe('SHA-256 of the bytes, in lower-case hexadecimal.'),
  sizeBytes: z.int().min(1).max(maxImageBytes).describe('Size in bytes, up to 128 MiB.'),
  mime: z
    .enum(['image/png', 'image/jpeg', 'image/webp', 'image/avif'])
    .describe('Media type found in the bytes.'),
});
export type ImageRef = z.infer<typeof ImageRef>;
