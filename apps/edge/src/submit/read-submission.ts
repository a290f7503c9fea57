/** From a request's body, JSON or a form, to what is asked for. */
import { type JobKind, type JobRequest, requestContracts } from '@darkroom/shared/contracts/job-request';
import { parseContract } from '@darkroom/shared/contracts/parse-contract';
import { AppError } from '@darkroom/shared/errors';
import type { JobId } from '@darkroom/shared/ids';
import type { HonoRequest } from 'hono';
import { z } from 'zod';
import { readJson } from '../middleware/read-json.ts';
import { isList, readField } from './form-field.ts';
import { sentAssetId } from './sent-asset-id.ts';
import type { Submission } from './submission.ts';

type ReadSubmission = Pick<Submission, 'request' | 'sent'>;

/** Fields of a form that may hold a file in the place of a stored picture's id. */
const pictureFields: readonly string[] = ['image', 'mask'];

function refusal(field: string, expected: string): AppError {
  return new AppError('invalid_request', { message: `${field}: ${expected}`, details: { field } });
}

function textOf(name: string, value: File | string): string {
  if (typeof value === 'string') return value;
  throw refusal(name, 'expected text, got a file');
}

async function readForm(request: HonoRequest, kind: JobKind, jobId: JobId): Promise<ReadSubmission> {
  const form = await request.formData().catch((cause: unknown) => {
    const message = 'body: expected multipart/form-data as its content type says';
    throw new AppError('invalid_request', { message, cause, details: { field: 'body' } });
  });
  const shape: Readonly<Record<string, unknown>> = requestContracts[kind].shape;
  const fields: Record<string, unknown> = { kind };
  const sent: Submission['sent'][number][] = [];
  for (const name of new Set(form.keys())) {
    const [value, ...others] = form.getAll(name);
    const contract = shape[name];
    if (value === undefined || (others.length > 0 && !isList(contract)))
      throw refusal(name, 'expected one value, got several');
    if (typeof value === 'string') {
      fields[name] = readField(contract, [value, ...others.map((other) => textOf(name, other))]);
    } else {
      if (!pictureFields.includes(name)) throw refusal(name, 'expected text, got a file');
      const assetId = sentAssetId(jobId, pictureFields.indexOf(name));
      fields[name] = assetId;
      sent.push({ assetId, file: value });
    }
  }
  return { request: parseContract<z.ZodType<JobRequest>>(requestContracts[kind], fields), sent };
}

/**
 * What a request asks for. A form may bring its pictures as files; they get ids that follow from the job's.
 *
 * @throws AppError `invalid_request` naming every wrong field
 */
export async function readSubmission(
  request: HonoRequest,
  kind: JobKind,
  jobId: JobId,
): Promise<ReadSubmission> {
  const type = (request.header('content-type') ?? '').toLowerCase();
  if (type.startsWith('multipart/form-data')) return await readForm(request, kind, jobId);
  const fields = await readJson(request, z.looseObject({}));
  return {
    request: parseContract<z.ZodType<JobRequest>>(requestContracts[kind], { kind, ...fields }),
    sent: [],
  };
}
