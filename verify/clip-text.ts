// CLIPTextModel: every hidden state, the final one, its pooled row, "clip skip", and a sequence shorter than the maximum.
import { join } from 'node:path';
import { readConfig } from '@darkroom/gpu-worker/models/checkpoint';
import { ClipTextConfig, clipText, finalLayerNorm } from '@darkroom/gpu-worker/models/clip-text';
import type { Session } from '@darkroom/gpu-worker/runtime/session';
import { input, type Value } from '@darkroom/graph/value';
import { compileNetwork } from './compile-network.ts';
import { GoldenTensors } from './golden-tensors.ts';
import { compare, type Measurement } from './measurement.ts';

const bound = { absolute: 5e-5 };

/** Golden folder of one CLIP text tower. */
export async function* checkClipText(folder: string): AsyncGenerator<Measurement> {
  const config = await readConfig(folder, ClipTextConfig);
  const golden = await GoldenTensors.read(join(folder, 'io.safetensors'));
  for (const prefix of ['', 'short.']) {
    await using session = await compileClipText(folder, config, golden.shape(`${prefix}input_ids`));
    const outputs = await session.run({ ids: golden.integers(`${prefix}input_ids`) });
    for (const [name, values] of Object.entries(outputs)) {
      const recorded = prefix + name;
      if (golden.has(recorded)) {
        yield compare(recorded, values as Float32Array, golden.floats(recorded), bound);
      }
    }
  }
}

function compileClipText(folder: string, config: ClipTextConfig, shape: readonly number[]): Promise<Session> {
  return compileNetwork(folder, (scope) => {
    const { lastHiddenState, pooled, hiddenStates } = clipText(scope, input('ids', shape, 'int64'), config);
    return {
      last_hidden_state: lastHiddenState,
      pooler_output: pooled,
      clip_skip_1: finalLayerNorm(scope, hiddenStates.at(-2) as Value, config),
      ...Object.fromEntries(hiddenStates.map((hidden, i) => [`hidden_states.${i}`, hidden])),
    };
  });
}
