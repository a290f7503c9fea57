/** Pictures as clients upload, see and list them. */
import { z } from 'zod';
import { AssetId } from '../ids.ts';
import { ImageRef, maxImageBytes, Sha256 } from './image-ref.ts';
import { pageLimit } from './page.ts';
import { retentionSeconds } from './parameters.ts';

const mime = ImageRef.shape.mime;
const sizeBytes = z.int().min(1).max(maxImageBytes);
const pixels = z.int().min(1).max(65_535);
const instant = z.iso.datetime();
const address = z.url().max(4096);

/** Announce a picture, whose file is then sent to the address in the answer. */
export const CreateAssetRequest = z.strictObject({
  mime: mime.describe('Media type of the file; required.'),
  sizeBytes: sizeBytes.describe('Size of the file in bytes, up to 128 MiB; required.'),
  sha256: Sha256.describe('SHA-256 that the file must have; absent = any.').optional(),
  retentionSeconds: retentionSeconds.optional(),
});
export type CreateAssetRequest = z.infer<typeof CreateAssetRequest>;

/** The query beside a body that is the file itself. */
export const StoreAssetQuery = z.strictObject({
  sha256: CreateAssetRequest.shape.sha256,
  retentionSeconds: z
    .string()
    .regex(/^\d{1,9}$/, 'expected a whole number')
    .transform(Number)
    .pipe(retentionSeconds)
    .describe(retentionSeconds.description ?? '')
    .optional(),
});
export type StoreAssetQuery = z.infer<typeof StoreAssetQuery>;

/** Where the file of an awaited picture goes. */
export const AssetUpload = z.object({
  url: address.describe('Address that takes the file, for a limited time.'),
  method: z.literal('PUT').describe('Method to send it with.'),
  headers: z
    .object({
      'content-type': mime.describe('Media type, as it was announced.'),
      'content-length': z
        .string()
        .regex(/^\d{1,9}$/)
        .describe('Size in bytes, as it was announced; HTTP clients write it by themselves.'),
    })
    .describe('Headers that it must be sent with; it is refused with any others of these names.'),
  expiresAt: instant.describe('When the address ends, in UTC; asking for the picture gives a new one.'),
});
export type AssetUpload = z.infer<typeof AssetUpload>;

/** A picture as its owner sees it. */
export const AssetView = z.object({
  id: AssetId.describe('Id of the picture.'),
  status: z
    .enum(['awaiting', 'ready'])
    .describe('awaiting until the file was sent and found right, within an hour; then ready.'),
  mime: mime.describe('Media type: announced, and found in the file once it is ready.'),
  width: pixels.nullable().describe('Width of the stored pixels, before any rotation; null = not known yet.'),
  height: pixels.nullable().describe('Height of the stored pixels; null = not known yet.'),
  bytes: sizeBytes.describe('Size in bytes.'),
  sha256: Sha256.nullable().describe('SHA-256 of the file, in lower-case hexadecimal; null = not known yet.'),
  url: address.nullable().describe('Where the file can be fetched, for a limited time; null = not ready.'),
  expiresAt: instant.nullable().describe('When that address ends, in UTC; null = there is none.'),
  upload: AssetUpload.nullable().describe(
    'Where its file goes; null = it has come, or the caller may not send it.',
  ),
  createdAt: instant.describe('When it was made, in UTC.'),
  eraseAt: instant.nullable().describe('When it will be erased, in UTC; null = when someone deletes it.'),
});
export type AssetView = z.infer<typeof AssetView>;

/** Ask for a list of pictures. */
export const ListAssetsQuery = z.strictObject({
  limit: pageLimit,
  after: AssetId.describe('The next of the list before; absent = from the newest on.').optional(),
});
export type ListAssetsQuery = z.infer<typeof ListAssetsQuery>;

/** Pictures of a project, the newest first. */
export const AssetList = z.object({
  assets: z.array(AssetView).max(100).describe('The pictures, the newest first.'),
  next: AssetId.nullable().describe('What to send as after to get the next ones; null = there are no more.'),
});
export type AssetList = z.infer<typeof AssetList>;
