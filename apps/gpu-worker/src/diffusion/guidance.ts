// Classifier-free guidance as a value: which conditionings the network sees, and how its answers combine.
import { weightedSum } from '@darkroom/shared/samplers/weighted-sum';

/**
 * `text`: away from the negative prompt, towards the prompt (Ho & Salimans 2022); `rescale` in [0, 1] pulls the result's
 * contrast back to that of the prompt's own answer (Lin et al. 2024, section 3.4).
 * `instruct`: separate scales for the instruction and the image (Brooks et al. 2023, eq. 3).
 */
export type Guidance =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly scale: number; readonly rescale?: number }
  | { readonly kind: 'instruct'; readonly textScale: number; readonly imageScale: number };

/** What one row of a batch is conditioned on. */
export interface Conditioning {
  readonly text: 'prompt' | 'negative';
  /** Whether the channels beside the noisy ones hold the image, or zeros. */
  readonly image: boolean;
}

/** The rows of a batch, in the order in which `combine` takes the answers. */
export function conditionings(guidance: Guidance): readonly Conditioning[] {
  switch (guidance.kind) {
    case 'none':
      return [{ text: 'prompt', image: true }];
    case 'text':
      return [
        { text: 'negative', image: true },
        { text: 'prompt', image: true },
      ];
    case 'instruct':
      return [
        { text: 'prompt', image: true },
        { text: 'negative', image: true },
        { text: 'negative', image: false },
      ];
    default:
      return guidance satisfies never;
  }
}

/** One answer from those of the conditionings. @throws TypeError when their number is not that of `conditionings` */
export function combine(guidance: Guidance, answers: readonly Float32Array[]): Float32Array {
  const expected = conditionings(guidance).length;
  if (answers.length !== expected) {
    throw new TypeError(`guidance ${guidance.kind}: expected ${expected} answers, got ${answers.length}`);
  }
  const [first, second, third] = answers as [Float32Array, Float32Array, Float32Array];
  switch (guidance.kind) {
    case 'none':
      return first;
    case 'text': {
      const guided = weightedSum([1 - guidance.scale, first], [guidance.scale, second]);
      return guidance.rescale ? rescale(guided, second, guidance.rescale) : guided;
    }
    case 'instruct': {
      // uncond + imageScale (image - uncond) + textScale (both - image)
      const { textScale, imageScale } = guidance;
      return weightedSum([textScale, first], [imageScale - textScale, second], [1 - imageScale, third]);
    }
    default:
      return guidance satisfies never;
  }
}

/** `share` of the way from the guided answer to the same with the deviation of the prompt's answer. */
function rescale(guided: Float32Array, prompted: Float32Array, share: number): Float32Array {
  return weightedSum([share * (deviation(prompted) / deviation(guided)) + 1 - share, guided]);
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
