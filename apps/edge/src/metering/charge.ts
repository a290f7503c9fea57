/** What the end of a job costs. */
import type { DoneFrame, FailDetails, OutputObject } from '@darkroom/shared/contracts/frames';
import type { ErrorCode } from '@darkroom/shared/errors';
import { type Price, partialPrice } from '@darkroom/shared/pricing';

/** How a job ended. */
export type JobEnding =
  | {
      readonly state: 'succeeded';
      readonly outputs: readonly OutputObject[];
      /** What it found out; absent = its kind makes pictures only. */
      readonly result?: DoneFrame['result'];
      readonly model: DoneFrame['model'];
    }
  /** Steps of all pictures together. */
  | { readonly state: 'canceled'; readonly stepsDone: number }
  | {
      readonly state: 'failed' | 'blocked';
      readonly code: ErrorCode;
      readonly detail: string;
      readonly details?: FailDetails | undefined;
    }
  | { readonly state: 'expired' };

/** One row of usage. */
export interface UsageLine {
  /** With the job's id, the name of what is billed: the same thing is never billed twice. */
  readonly item: string;
  readonly quantity: number;
  readonly micros: number;
}

/** The bill of an answer, which no picture of it adds to. */
const answerItem = 'answer';

/**
 * The usage that an ending makes: each delivered picture, or one answer, or the steps of a canceled job, or nothing.
 *
 * @throws TypeError when more pictures came than were priced, or the steps are no whole number
 */
export function usageOf(price: Price, ending: JobEnding): UsageLine[] {
  switch (ending.state) {
    case 'succeeded': {
      if (ending.result) return [{ item: answerItem, quantity: 1, micros: price.pictureMicros }];
      const { length } = ending.outputs;
      if (length > price.pictures)
        throw new TypeError(`outputs: expected at most ${price.pictures} pictures, got ${length}`);
      return ending.outputs.map((_, position) => ({
        item: `picture:${position}`,
        quantity: 1,
        micros: price.pictureMicros,
      }));
    }
    case 'canceled': {
      const micros = partialPrice(price, ending.stepsDone);
      return ending.stepsDone === 0 || price.steps === 0
        ? []
        : [{ item: 'steps', quantity: ending.stepsDone, micros }];
    }
    case 'failed':
    case 'blocked':
    case 'expired':
      return [];
    default:
      return ending satisfies never;
  }
}
