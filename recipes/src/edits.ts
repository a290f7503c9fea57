/** The closed list of edits that the embedded model is taught: one id per teacher, grammar rule and evaluation rule. */
export const editIds = [
  'keep',
  'black_and_white',
  'sepia',
  'vintage',
  'warmer',
  'cooler',
  'brighter',
  'darker',
  'more_contrast',
  'less_contrast',
  'more_saturated',
  'muted',
  'night',
  'sunset',
  'snow',
  'fog',
  'autumn',
  'spring',
  'sketch',
  'painting',
  'blur',
  'sharpen',
  'sky_pink',
  'sky_orange',
  'sky_dramatic',
  'recolour_object',
  'remove_object',
] as const;
export type EditId = (typeof editIds)[number];

/** Object colours that the grammar can name and the recolour teacher can paint. */
export const colourIds = [
  'red',
  'orange',
  'yellow',
  'green',
  'blue',
  'purple',
  'pink',
  'white',
  'black',
] as const;
export type ColourId = (typeof colourIds)[number];

/** How strongly the words ask for an edit; the teachers scale their effect by it. */
export const strengths = { slight: 0.55, normal: 1, strong: 1.4 } as const;
export type Strength = keyof typeof strengths;

/** Nouns of the composed scenes: every cut-out carries one, every "make the <object> …" names one. */
export const objectIds = [
  'car',
  'bus',
  'apple',
  'balloon',
  'umbrella',
  'cup',
  'chair',
  'ball',
  'flower',
  'hat',
  'boat',
  'bicycle',
  'dog',
  'cat',
  'bird',
  'fish',
] as const;
export type ObjectId = (typeof objectIds)[number];

/** One request to the data engine, fully determined: what is asked, how strongly, and of which object. */
export interface EditRequest {
  readonly id: EditId;
  readonly strength: Strength;
  /** Present for `recolour_object` and `remove_object`. */
  readonly object?: ObjectId;
  /** Present for `recolour_object`. */
  readonly colour?: ColourId;
  /** A second edit asked for in the same sentence, applied after the first at normal strength. */
  readonly also?: EditId;
}
