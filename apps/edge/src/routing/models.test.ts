import { AppError } from '@darkroom/shared/errors';
import { describe, expect, test } from 'vitest';
import type { PoolModel } from '../dispatch/job-pools.ts';
import { chooseModel, embeddedModelId, withEmbedded } from './models.ts';

const sha256 = 'a'.repeat(64);
const inPool = (id: string, kinds: PoolModel['kinds']): PoolModel => ({ id, kinds, sha256, isOnline: true });

function refusal(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('expected a refusal');
}

describe('chooseModel', () => {
  test('an edit without a model gets the embedded one, even while no worker is there', () => {
    expect(chooseModel({ kind: 'edit' }, [])).toEqual({
      id: embeddedModelId,
      sha256: null,
      family: 'embedded',
      kinds: ['edit'],
      steps: 12,
      side: 512,
    });
  });

  test('the digest is the one that workers report', () => {
    expect(chooseModel({ kind: 'edit' }, [inPool(embeddedModelId, ['edit'])]).sha256).toBe(sha256);
  });

  test.each(['segment', 'detect', 'caption'] as const)('%s has an embedded model', (kind) => {
    expect(chooseModel({ kind }, [])).toMatchObject({
      id: `darkroom/${kind}`,
      family: 'embedded',
      kinds: [kind],
      steps: 0,
    });
  });

  test.each(['generate', 'img2img', 'inpaint', 'similarity'] as const)(
    '%s without a model names the command that fetches one',
    (kind) => {
      const error = refusal(() => chooseModel({ kind }, [inPool(embeddedModelId, ['edit'])]));
      expect(error.code).toBe('model_required');
      const command = expect.stringMatching(/^npm run models -- pull [\w.-]+\/[\w.-]+$/);
      expect(error.details).toEqual({ field: 'model', kind, command });
      expect(error.message).toContain(error.details?.['command']);
    },
  );

  test('the embedded model cannot be named for what it cannot do', () => {
    const error = refusal(() => chooseModel({ kind: 'generate', model: embeddedModelId }, []));
    expect(error.code).toBe('model_required');
    expect(error.message).not.toContain(`pull ${embeddedModelId}`);
  });

  test('a model that is not installed is named in the command', () => {
    const error = refusal(() => chooseModel({ kind: 'edit', model: 'someone/model' }, []));
    expect(error.details?.['command']).toBe('npm run models -- pull someone/model');
  });

  test('a name that no hub knows is replaced by a public model in the command', () => {
    const error = refusal(() => chooseModel({ kind: 'edit', model: 'mine' }, []));
    expect(error.details?.['command']).toBe('npm run models -- pull timbrooks/instruct-pix2pix');
  });

  test.each([
    ['edit', ['edit'], 'instruct-pix2pix'],
    ['generate', ['generate', 'img2img'], 'stable-diffusion'],
    ['similarity', ['similarity'], 'vision'],
    ['caption', ['generate', 'caption'], 'stable-diffusion'],
  ] as const)('an unknown model that can %s has a family by its kinds', (kind, kinds, family) => {
    const chosen = chooseModel({ kind, model: 'someone/model' }, [inPool('someone/model', kinds)]);
    expect(chosen).toMatchObject({ id: 'someone/model', sha256, family, kinds });
  });

  test('a model that cannot do the job is refused with what it can', () => {
    const models = [inPool('someone/model', ['generate'])];
    const error = refusal(() => chooseModel({ kind: 'inpaint', model: 'someone/model' }, models));
    expect(error.code).toBe('invalid_request');
    expect(error.details).toEqual({ field: 'model', kinds: ['generate'] });
  });
});

test('each embedded model is listed once', () => {
  const ids = ['darkroom/edit', 'darkroom/segment', 'darkroom/detect', 'darkroom/caption'];
  expect(withEmbedded([]).map(({ id }) => id)).toEqual(ids);
  const models = ids.map((id) => inPool(id, ['edit']));
  expect(withEmbedded(models)).toEqual(models);
});
