// The models that lie in this repository.
import { fileURLToPath } from 'node:url';
import type { JobKind } from '@darkroom/shared/contracts/job-request';
import { embeddedFolder, embeddedModelId } from './diffusion/embedded-model.ts';

/** A model in a folder. */
export interface ShelvedModel {
  readonly id: string;
  readonly folder: string;
}

function weights(name: string): ShelvedModel {
  const folder = fileURLToPath(new URL(`../../../weights/${name}`, import.meta.url));
  return { id: `darkroom/${name}`, folder };
}

/** The model of each kind of job that names none; for those that are absent a model has to be installed. */
export const embeddedModels: Readonly<Partial<Record<JobKind, ShelvedModel>>> = {
  edit: { id: embeddedModelId, folder: embeddedFolder },
  segment: weights('segment'),
  detect: weights('detect'),
  caption: weights('caption'),
};
