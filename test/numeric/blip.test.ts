import { fileURLToPath } from 'node:url';
import { BlipConfig } from '@darkroom/gpu-worker/models/blip/config';
import { declareBlip } from '@darkroom/gpu-worker/models/blip/declare-blip';
import { blipPicture, blipStep } from '@darkroom/gpu-worker/models/blip/decoder-step';
import { captionLogits } from '@darkroom/gpu-worker/models/blip/next-logits';
import { blipLogits } from '@darkroom/gpu-worker/models/blip/text-decoder';
import { blipVision } from '@darkroom/gpu-worker/models/blip/vision-tower';
import { loadParameters, readConfig } from '@darkroom/gpu-worker/models/checkpoint';
import { Session } from '@darkroom/gpu-worker/runtime/session';
import type { NextLogits, TokenIds } from '@darkroom/gpu-worker/vision/text-decoding';
import { Scope } from '@darkroom/graph/layers/scope';
import { graphOf, input, type Value } from '@darkroom/graph/value';
import { describe, expect, it } from 'vitest';
import { checkBlip } from '../../verify/blip.ts';
import { Random } from '../support/random.ts';
import { expectGolden } from './expect-golden.ts';

const folder = fileURLToPath(new URL('../goldens/blip_caption_tiny', import.meta.url));
const config = await readConfig(folder, BlipConfig);
const shape = { rows: 2, length: 6 };
const { image_size: side } = config.vision_config;
const random = new Random(3);
const pixels = Float32Array.from({ length: 3 * side * side }, () => random.normal());

async function compile(build: (scope: Scope) => Record<string, Value>): Promise<Session> {
  const weights = await loadParameters(folder, declareBlip(config));
  return Session.compile(graphOf(build(Scope.root())), { weights });
}

/** Logits after the last token of one text, all of its tokens computed at once. */
async function logitsAtOnce(text: TokenIds): Promise<number[]> {
  await using session = await compile((scope) => {
    const picture = blipVision(scope, input('pixels', [1, 3, side, side]), config.vision_config);
    const ids = input('ids', [1, text.length], 'int64');
    return { logits: blipLogits(scope, ids, picture, config.text_config) };
  });
  const { logits } = await session.run<'logits'>({ pixels, ids: BigInt64Array.from(text, BigInt) });
  return [...(logits as Float32Array).slice(-config.text_config.vocab_size)];
}

/** Calls `use` with the stepping network and a count of its runs. */
async function stepping(use: (next: NextLogits, steps: () => number) => Promise<void>): Promise<void> {
  await using look = await compile((scope) =>
    blipPicture(scope, input('pixels', [1, 3, side, side]), config),
  );
  await using step = await compile((scope) => blipStep(scope, shape, config));
  let steps = 0;
  const next = captionLogits({
    run: (feeds) => {
      steps++;
      return step.run(feeds);
    },
    shape,
    config: config.text_config,
    picture: await look.run({ pixels }),
  });
  await use(next, () => steps);
}

async function expectSame(next: NextLogits, texts: readonly TokenIds[]): Promise<void> {
  const logits = await next(texts);
  expect(logits).toHaveLength(texts.length);
  for (const [row, text] of texts.entries()) {
    const expected = await logitsAtOnce(text);
    const gaps = expected.map((value, i) => Math.abs(value - (logits[row]?.[i] ?? Number.NaN)));
    expect(Math.max(...gaps)).toBeLessThan(1e-4);
  }
}

describe('BlipForConditionalGeneration', () => {
  it('reproduces the reference from bytes to logits, loss and captions', () =>
    expectGolden(checkBlip, 'blip_caption_tiny', 8));

  it('gives a token at a time the logits of the whole text, whichever text it continues', () =>
    stepping(async (next, steps) => {
      await expectSame(next, [[118], [118]]);
      await expectSame(next, [
        [118, 5],
        [118, 9],
      ]);
      // Beams change places, and one gives way to a second of the other.
      await expectSame(next, [
        [118, 9, 7],
        [118, 5, 8],
      ]);
      await expectSame(next, [
        [118, 5, 8, 1],
        [118, 5, 8, 2],
      ]);
      expect(steps()).toBe(4);
    }));

  it('steps through a text that it does not know from its first token', () =>
    stepping(async (next, steps) => {
      await expectSame(next, [[118, 40, 41, 42]]);
      expect(steps()).toBe(4);
      await expectSame(next, [[118, 50, 51]]);
      expect(steps()).toBe(7);
    }));

  it('refuses more texts or longer ones than it was compiled for', () =>
    stepping(async (next) => {
      await expect(next([[1], [2], [3]])).rejects.toThrow('expected 1 to 2 texts of one length');
      await expect(next([[1, 2, 3, 4, 5, 6, 7]])).rejects.toThrow('1 to 6 ids, came [7]');
      await expect(next([[1], [1, 2]])).rejects.toThrow(RangeError);
      await expect(next([])).rejects.toThrow(RangeError);
    }));
});
