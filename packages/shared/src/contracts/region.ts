/** Places in a photo as clients point at them; coordinates are pixels of the upright photo, x to the right, y down. */
import { z } from 'zod';

const coordinate = z.number().min(0).max(65_535);

/** Words that name something to look for. */
export const Phrase = z.string().max(200).regex(/\S/, 'expected words');
export type Phrase = z.infer<typeof Phrase>;

/** A click. */
export const Point = z.strictObject({
  x: coordinate.describe('Pixels from the left edge of the upright photo; required.'),
  y: coordinate.describe('Pixels from its upper edge; required.'),
  label: z
    .union([z.literal(1), z.literal(0)])
    .describe('1 where the object is, 0 where it is not; absent = 1.')
    .default(1),
});
export type Point = z.infer<typeof Point>;

/** Corners of a box: left, top, right, bottom. */
const corners = z.tuple([coordinate, coordinate, coordinate, coordinate]);

/** A box that someone drew, which holds something. */
export const Box = corners.refine(
  ([left, top, right, bottom]) => right > left && bottom > top,
  'expected [x0, y0, x1, y1] with x1 > x0 and y1 > y0',
);
export type Box = z.infer<typeof Box>;

/** A box that was found. */
export const FoundBox = corners;
export type FoundBox = z.infer<typeof FoundBox>;

/** The most clicks that one request may have. */
export const maxPoints = 32;

/** Where something is: by clicks, by a box, by words. */
export const place = {
  points: z
    .array(Point)
    .min(1)
    .max(maxPoints)
    .describe('Clicks on the object and beside it, 1 to 32; absent = none.')
    .optional(),
  box: Box.describe('Box around the object, [x0, y0, x1, y1]; absent = none.').optional(),
  text: Phrase.describe('What the object is, in words, 1 to 200 characters; absent = none.').optional(),
};

/** Width of the soft edge of a region, in pixels of the photo. */
export const feather = z.number().min(0).max(64);

/** The part of a photo that an edit may change. */
export const Region = z
  .strictObject({
    ...place,
    feather: feather
      .describe('Width of its soft edge in pixels, 0 to 64, measured inwards; absent = 2.')
      .default(2),
  })
  .refine(
    ({ points, box, text }) => points !== undefined || box !== undefined || text !== undefined,
    'expected text, points or a box',
  );
export type Region = z.infer<typeof Region>;
