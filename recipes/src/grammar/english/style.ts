import type { EditId } from '../../edits.ts';
import { styleFrames } from './frames.ts';

export type StyleId = Extract<EditId, 'black_and_white' | 'sepia' | 'vintage' | 'sketch' | 'painting'>;

/** English templates of the edits that change the medium or the look. */
export const styleTemplates: Readonly<Record<StyleId, readonly string[]>> = {
  black_and_white: [
    ...styleFrames({
      base: 'black and white|black & white|b&w|grey|greyscale|monochrome|colourless',
      thing:
        'a black and white photo|a black and white picture|black and white|greyscale|monochrome|a monochrome image|b&w',
      short: [
        'black and white',
        'black & white',
        'b&w',
        'bw',
        'b/w',
        'black-and-white',
        'greyscale',
        'monochrome',
        'grey',
        'no colour',
        'without colour',
      ],
    }),
    'turn {it} {adj:(black and white|grey|greyscale|monochrome|b&w)}',
    '(remove|take away|drop) [all] the colour [from {it}]',
    '(remove|drop) all colours',
    '~{photo} in (black and white|greyscale|monochrome|b&w)',
    '~in (black and white|greyscale|monochrome)',
    'make {it} (a monochrome|a black and white|a greyscale) (photo|picture|image)',
  ],
  sepia: [
    ...styleFrames({
      base: 'sepia|sepia toned|brown toned|brownish',
      thing: 'a sepia photo|a sepia picture|a sepia image|a brown toned photo|sepia',
      short: ['sepia', 'sepia tone', 'sepia toned', 'brown tone', 'sepia photo', 'brown tones'],
    }),
    'turn {it} {adj:(sepia|brown|brownish)}',
    '(add|apply) {a:(sepia|brown) (tone|tint)}',
    'tone {it} {adj:(sepia|brown)}',
    '~{photo} in sepia',
    '~in sepia [tones]',
    'give {it} {a:(sepia|brown) (tone|tint)}',
    'tint {it} {adj:(sepia|brown|brownish)}',
  ],
  vintage: [
    ...styleFrames({
      base: 'vintage|retro|old|old-fashioned|aged|nostalgic',
      thing: 'an old photo|an old photograph|a vintage photo|a retro photo|an old film photo|an aged photo',
      short: ['vintage', 'retro', 'old photo', 'old film', 'vintage look', 'retro style', 'nostalgic'],
    }),
    'make {it} look (decades|many years) old',
    'age {it}',
    'make {it} look like it was taken (decades|many years) ago',
    'make {it} look like (it is from the (past|old days|70s)|the old days)',
    '~like in the (70s|old days|past)',
    'fade {it} like an old (photo|film)',
    '~an old (film|camera) (look|style|effect)',
  ],
  sketch: [
    ...styleFrames({
      base: 'sketched|hand drawn|pencil sketch|pencil drawn',
      thing: 'a sketch|a pencil sketch|a drawing|a pencil drawing|a line drawing',
      short: ['sketch', 'pencil sketch', 'drawing', 'pencil drawing', 'line drawing', 'sketched'],
    }),
    'sketch {it}',
    'draw {it}',
    'draw {it} (with|in) [a] pencil',
    'sketch {it} (with|in) [a] pencil',
    '~{photo} drawn (with|in) [a] pencil',
    'redraw {it} (with|in) pencil [lines]',
    'trace the lines of {it} (with|in) pencil',
  ],
  painting: [
    ...styleFrames({
      base: 'painted|painterly|hand painted|oil painted',
      thing:
        'a painting|an oil painting|a watercolour painting|a canvas painting|a painted picture|an artistic painting',
      short: ['painting', 'oil painting', 'watercolour', 'oil paint', 'painted', 'painterly'],
    }),
    'paint {it}',
    'paint {it} (in|with) (oil|oils|watercolour|brush strokes)',
    '~{photo} painted (in|with) (oil|oils|watercolour|brush strokes)',
    'add [painted] brush strokes',
    'make {it} look like (it was painted|someone painted it)',
    'repaint {it} (in|with) (oil|oils|watercolour)',
    '~(oil|watercolour) style',
    'make {it} (a work of art|artwork) (in|with) (oil|oils|watercolour)',
  ],
};
