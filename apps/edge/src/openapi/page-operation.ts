/** One operation as people read it: what it does, what it takes, what comes back, and a request to try. */
import { html } from 'hono/html';
import { fileFieldsOf, formType } from './form.ts';
import type { MediaType, OperationObject, Parameter, ResponseObject } from './open-api.ts';
import { type Html, inline, prose } from './page-prose.ts';
import { typeOf } from './page-schema.ts';

/** An operation and where it is reached. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: OperationObject;
}

function parameter({ name, in: place, required, description = '', schema }: Parameter): Html {
  const mark = required && place !== 'path' ? html` <span class="required">required</span>` : '';
  return html`<div class="field">
<dt><code class="name">${name}</code> <span class="type">${typeOf(schema)}, in the ${place}</span>${mark}</dt>
<dd>${inline(description)}</dd>
</div>`;
}

const mediaLine = ([type, { schema }]: [string, MediaType]) =>
  html`<li><code>${type}</code> <span class="type">${schema.description ?? typeOf(schema)}</span></li>`;

function taken({ parameters = [], requestBody }: OperationObject): Html {
  const list = parameters.length > 0 ? html`<dl class="fields">${parameters.map(parameter)}</dl>` : '';
  const body = requestBody
    ? html`<h4>Body</h4><ul class="plain">${Object.entries(requestBody.content).map(mediaLine)}</ul>`
    : '';
  return html`${list}${body}`;
}

function success(status: string, { description, content = {} }: ResponseObject): Html {
  const types = Object.values(content).map(({ schema }) => html` ${typeOf(schema)}`);
  return html`<li><span class="status success">${status}</span> ${description}${types}</li>`;
}

function failure(status: string, codes: readonly string[]): Html {
  const named = codes.map((code) => html` <a href="#error-${code}"><code>${code}</code></a>`);
  return html`<li><span class="status">${status}</span>${named}</li>`;
}

/** What comes back, and what can go wrong. */
function answers({ responses }: OperationObject): Html {
  const all = Object.entries(responses);
  const taken = all.flatMap(([status, one]) => (one['x-codes'] ? [] : [success(status, one)]));
  const failed = all.flatMap(([status, one]) => (one['x-codes'] ? [failure(status, one['x-codes'])] : []));
  return html`<h4>Answers</h4><ul class="plain">${taken}</ul><h4>Failures</h4><ul class="plain failures">${failed}</ul>`;
}

/** A text as curl takes it between single quotes. */
const quoted = (text: string) => `'${text.replace(/'/g, "'\\''")}'`;

/** What a person has at hand for each field of a form that may be a file. */
const fileNames: Readonly<Record<string, string>> = { image: 'photo.jpg', mask: 'mask.png' };

/** The example of a body as the fields of a form. */
function formArguments(example: object, files: readonly string[]): string[] {
  return Object.entries(example).flatMap(([name, value]) =>
    files.includes(name)
      ? [`-F ${name}=@${fileNames[name]}`]
      : textsOf(value).map((text) => `-F ${quoted(`${name}=${text}`)}`),
  );
}

/** A value as the texts of a form's field: a list of words has one for each, what else is no text is JSON. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  const isWords = Array.isArray(value) && value.every((one) => typeof one === 'string');
  return isWords ? value : [JSON.stringify(value)];
}

function bodyArguments(content: Readonly<Record<string, MediaType>>): string[] {
  const file = Object.keys(content).find((type) => type === 'image/jpeg');
  if (file) return [`-H 'content-type: ${file}'`, '--data-binary @photo.jpg'];
  const example = content['application/json']?.example;
  if (typeof example !== 'object' || example === null) return [];
  const files = fileFieldsOf(content[formType]?.schema ?? {});
  return files.length > 0
    ? formArguments(example, files)
    : [`--json ${quoted(JSON.stringify(example, null, 2))}`];
}

/** The request as one could send it. */
function curl({ method, path, operation }: Route): string {
  const { parameters = [], requestBody, security } = operation;
  const address = parameters
    .filter((one) => one.in === 'path')
    .reduce((text, { name, example = name }) => text.replace(`{${name}}`, example), path);
  const parts = [
    `curl ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}"$DARKROOM_URL${address}"`,
    ...(security.length > 0 ? ['-H "Authorization: Bearer $DARKROOM_KEY"'] : []),
    ...(requestBody ? bodyArguments(requestBody.content) : []),
  ];
  return parts.join(' \\\n  ');
}

function firstExample({ responses }: OperationObject): unknown {
  const media = Object.values(responses).flatMap(({ content = {} }) => Object.values(content));
  return media.find(({ example }) => example !== undefined)?.example;
}

function samples(route: Route): Html {
  const example = firstExample(route.operation);
  const shown =
    example === undefined
      ? ''
      : html`<pre tabindex="0" aria-label="Answer"><code>${JSON.stringify(example, null, 2)}</code></pre>`;
  return html`<div class="samples"><pre tabindex="0" aria-label="Request"><code>${curl(route)}</code></pre>${shown}</div>`;
}

function accessLine({ security: [first] }: OperationObject): Html {
  const scope = first?.['key']?.[0];
  if (scope) return html`<p class="access">Scope <code>${scope}</code></p>`;
  return html`<p class="access">${first ? 'Token of a worker' : 'Open to everybody'}</p>`;
}

/** What the service answers to. */
export function operationSection(route: Route): Html {
  const { method, path, operation } = route;
  const { operationId, summary, description } = operation;
  return html`<section class="operation" aria-labelledby="${operationId}">
<h3 id="${operationId}">${summary}</h3>
<p class="route"><span class="method ${method}">${method.toUpperCase()}</span> <code>${path}</code></p>
<div class="columns"><div>
${description ? prose(description) : ''}
${accessLine(operation)}
${taken(operation)}
${answers(operation)}
</div>${samples(route)}</div>
</section>`;
}

/** What the service posts to others. */
export function eventSection({ operationId, summary, requestBody }: OperationObject): Html {
  const [media] = Object.values(requestBody?.content ?? {});
  return html`<section class="operation" aria-labelledby="${operationId}">
<h3 id="${operationId}">${summary}</h3>
<p class="route"><span class="method post">POST</span> to your address</p>
<div class="columns"><p>Body <span class="type">${media ? typeOf(media.schema) : ''}</span></p>
<div class="samples"><pre tabindex="0" aria-label="Body"><code>${JSON.stringify(media?.example, null, 2)}</code></pre></div></div>
</section>`;
}
