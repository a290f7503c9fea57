// A diffusers pipeline folder: model_index.json and the component folders beside it.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@darkroom/shared/errors';
import { z } from 'zod';
import { readJson } from './checkpoint.ts';

/** One part of a pipeline, such as `unet`: its class in its Python library, and where its files lie. */
export interface ModelComponent {
  name: string;
  library: string;
  className: string;
  folder: string;
}

/** A parsed `model_index.json`. */
export interface ModelIndex {
  folder: string;
  /** Pipeline class, such as `StableDiffusionInstructPix2PixPipeline`. */
  className: string;
  /** Components that the index names; those it sets to [null, null] are absent. */
  components: ReadonlyMap<string, ModelComponent>;
  /** The index's other fields, such as `requires_safety_checker`. */
  options: Readonly<Record<string, unknown>>;
}

const Component = z.tuple([z.string().min(1), z.string().min(1)]);
const Absent = z.tuple([z.null(), z.null()]);
const IndexFile = z
  .looseObject({ _class_name: z.string().min(1).describe('pipeline class') })
  .superRefine((index, context) => {
    for (const [name, value] of Object.entries(index)) {
      if (!Array.isArray(value) || Component.safeParse(value).success) continue;
      if (Absent.safeParse(value).success) continue;
      const message = `expected [library, class] or [null, null], got ${JSON.stringify(value)}`;
      context.addIssue({ code: 'custom', path: [name], message });
    }
  });

/**
 * Reads a pipeline folder's `model_index.json`.
 * @throws model_not_found if there is none, model_corrupt naming the field that is wrong
 */
export async function readModelIndex(folder: string): Promise<ModelIndex> {
  const { _class_name: className, ...fields } = await readJson(join(folder, 'model_index.json'), IndexFile);
  const components = new Map<string, ModelComponent>();
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const component = Component.safeParse(value);
    if (component.success && /^\w+$/.test(name)) {
      const [library, componentClass] = component.data;
      components.set(name, { name, library, className: componentClass, folder: join(folder, name) });
    } else if (!Array.isArray(value)) {
      options[name] = value;
    }
  }
  return { folder, className, components, options };
}

/**
 * A component whose folder exists.
 * @throws model_not_found telling which components the pipeline has, or that the folder is missing
 */
export async function requireComponent(index: ModelIndex, name: string): Promise<ModelComponent> {
  const component = index.components.get(name);
  if (component === undefined) {
    const present = [...index.components.keys()].join(', ') || 'none';
    const message = `${index.folder}: ${index.className} has no component "${name}" (it has ${present})`;
    throw new AppError('model_not_found', { message, details: { folder: index.folder, component: name } });
  }
  const isFolder = await stat(component.folder).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (isFolder) return component;
  const message = `${index.folder}: component "${name}" (${component.className}) has no folder ${component.folder}`;
  throw new AppError('model_not_found', { message, details: { folder: component.folder, component: name } });
}
