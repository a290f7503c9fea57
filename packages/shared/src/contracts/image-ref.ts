import { z } from 'zod';

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits');

/** Where stored image bytes lie and what they are; the bytes themselves never travel in JSON. */
export const ImageRef = z.strictObject({
  key: z.string().min(1).max(512).describe('Key of the object in the image store.'),
  sha256: Sha256.describe('SHA-256 of the bytes, in lower-case hexadecimal.'),
  sizeBytes: z
    .int()
    .min(1)
    .max(256 * 2 ** 20)
    .describe('Size in bytes, up to 256 MiB.'),
  mime: z
    .enum(['image/png', 'image/jpeg', 'image/webp', 'image/avif', 'image/heic', 'image/gif', 'image/tiff'])
    .describe('Media type found in the bytes.'),
});
export type ImageRef = z.infer<typeof ImageRef>;
