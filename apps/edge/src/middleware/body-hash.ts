import { AppError } from '@darkroom/shared/errors';
import type { HonoRequest } from 'hono';
import { canonicalJson } from './canonical-json.ts';
import { readJsonText } from './read-json.ts';

async function sha256Hex(bytes: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A file by its name, declared type and content. */
async function describePart([name, value]: [string, FormDataEntryValue]): Promise<readonly string[]> {
  if (typeof value === 'string') return [name, value];
  return [name, value.name, value.type, await sha256Hex(await value.arrayBuffer())];
}

async function formParts(request: HonoRequest): Promise<readonly (readonly string[])[]> {
  const form = await request.formData().catch((cause: unknown) => {
    const message = 'body: expected multipart/form-data as its content type says';
    throw new AppError('invalid_request', { message, cause, details: { field: 'body' } });
  });
  return Promise.all([...form.entries()].map(describePart));
}

/** JSON in canonical form; what is no JSON stays as it came, for the route to refuse. */
function jsonText(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  return canonicalJson(value);
}

/** The body without what changes between two tries of one request: the boundary of its parts, spaces, the order of members. */
async function canonicalBody(request: HonoRequest, type: string): Promise<unknown> {
  if (type === 'multipart/form-data') return formParts(request);
  if (type === 'application/json' || type.endsWith('+json')) return jsonText(await readJsonText(request));
  return sha256Hex(await request.arrayBuffer());
}

/**
 * SHA-256 of what a request asks: its query and its body, in lower-case hexadecimal. Reads the body through the
 * request's own cache, so that the route can read it again.
 *
 * @throws AppError `invalid_request` when the body is not of the form that its type says, `request_too_large`
 */
export async function hashRequest(request: HonoRequest): Promise<string> {
  const [type = ''] = (request.header('content-type') ?? '').toLowerCase().split(';');
  const { search } = new URL(request.url);
  const parts = [search, type.trim(), await canonicalBody(request, type.trim())];
  return sha256Hex(new TextEncoder().encode(JSON.stringify(parts)));
}
