/** The wire as others see it: a change here is a change for every client and worker, and belongs in the changelog. */
import {
  AssetList,
  AssetView,
  CreateAssetRequest,
  ListAssetsQuery,
  StoreAssetQuery,
} from '@darkroom/shared/contracts/asset';
import { PoolFrame, WorkerFrame } from '@darkroom/shared/contracts/frames';
import { ImageRef } from '@darkroom/shared/contracts/image-ref';
import { Job } from '@darkroom/shared/contracts/job';
import { JobList, ListJobsQuery } from '@darkroom/shared/contracts/job-list';
import { JobRequest } from '@darkroom/shared/contracts/job-request';
import { JobView } from '@darkroom/shared/contracts/job-view';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const contracts = {
  JobRequest,
  Job,
  ImageRef,
  JobView,
  ListJobsQuery,
  JobList,
  WorkerFrame,
  PoolFrame,
  CreateAssetRequest,
  StoreAssetQuery,
  ListAssetsQuery,
  AssetView,
  AssetList,
};

/** The parts of JSON Schema that these tests look at. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** Every named field at any depth, with its path. */
function fields(
  { properties = {}, items, oneOf = [], anyOf = [] }: Schema,
  path: string,
): [string, Schema][] {
  const named = Object.entries(properties).flatMap(([name, field]): [string, Schema][] => [
    [`${path}.${name}`, field],
    ...fields(field, `${path}.${name}`),
  ]);
  const variants = [...oneOf, ...anyOf, ...(items ? [items] : [])];
  return [...named, ...variants.flatMap((variant, i) => fields(variant, `${path}[${i}]`))];
}

/** Paths of the fields that may be left out. */
function optionalFields(
  { properties = {}, required = [], items, oneOf = [], anyOf = [] }: Schema,
  path: string,
): [string, Schema][] {
  const own = Object.entries(properties).flatMap(([name, field]): [string, Schema][] => [
    ...(required.includes(name) ? [] : [[`${path}.${name}`, field] as [string, Schema]]),
    ...optionalFields(field, `${path}.${name}`),
  ]);
  const variants = [...oneOf, ...anyOf, ...(items ? [items] : [])];
  return [...own, ...variants.flatMap((variant, i) => optionalFields(variant, `${path}[${i}]`))];
}

const schemas = Object.entries(contracts).map(
  ([name, contract]) => [name, z.toJSONSchema(contract, { io: 'input' })] as const,
);

describe('the contract', () => {
  test.each(schemas)('%s stays as it is', (_name, schema) => {
    expect(schema).toMatchSnapshot();
  });

  test.each(schemas)('%s says of every field what it means', (name, schema) => {
    const silent = fields(schema as Schema, name).filter(
      ([, field]) => typeof field.description !== 'string',
    );
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  test.each(schemas)('%s says what the absence of a field means', (name, schema) => {
    const silent = optionalFields(schema as Schema, name).filter(
      ([, field]) => !/absent = /i.test(field.description ?? ''),
    );
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  test.each(schemas)('%s bounds every number, string and array', (name, schema) => {
    const isBounded = (field: Schema) => {
      if ('enum' in field || 'const' in field) return true;
      if (field.type === 'string') return 'maxLength' in field || 'pattern' in field || 'format' in field;
      if (field.type === 'number' || field.type === 'integer')
        return 'minimum' in field && 'maximum' in field;
      return field.type !== 'array' || 'maxItems' in field;
    };
    const all = fields(schema as Schema, name).flatMap(([path, field]): [string, Schema][] => [
      [path, field],
      ...(field.anyOf ?? []).map((part): [string, Schema] => [path, part]),
    ]);
    expect(all.filter(([, field]) => !isBounded(field)).map(([path]) => path)).toEqual([]);
  });
});
