/** Schemas as people read them: a name, what it holds, what it means. */
import { html } from 'hono/html';
import { type Html, inline } from './page-prose.ts';
import type { Schema } from './schemas.ts';

/** Longest lists of values that are shown whole; the others are cut. */
const maxValues = 20;

const nameOf = (ref: string) => ref.slice(ref.lastIndexOf('/') + 1);
const schemasIn = (list: Schema['anyOf']) => (list ?? []) as Schema[];
const isNull = ({ type }: Schema) => type === 'null';

function joined(parts: readonly Html[], separator: string): Html {
  return html`${parts.map((part, index) => (index === 0 ? part : html`${separator}${part}`))}`;
}

function valuesOf(values: readonly unknown[]): Html {
  const shown = values.slice(0, maxValues).map((value) => html`<code>${String(value)}</code>`);
  return html`${joined(shown, ' · ')}${values.length > maxValues ? ' …' : ''}`;
}

const isKnown = (limit: number | undefined): limit is number =>
  limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;
const spelled = (limit: number) => limit.toLocaleString('en');

/** Bounds in words: `1 to 100`. */
function bounds(low: number | undefined, high: number | undefined, unit: string): string {
  const [from, to] = [isKnown(low) ? low : undefined, isKnown(high) ? high : undefined];
  if (from === undefined && to === undefined) return '';
  if (to === undefined) return `, from ${spelled(from ?? 0)}${unit}`;
  return from === undefined ? `, up to ${spelled(to)}${unit}` : `, ${spelled(from)} to ${spelled(to)}${unit}`;
}

function scalarText(schema: Schema): string {
  const { type, format, minimum, maximum, minLength, maxLength } = schema;
  if (type === 'integer' || type === 'number') return `${type}${bounds(minimum, maximum, '')}`;
  if (type !== 'string') return String(type ?? 'anything');
  if (format === 'binary') return 'the file';
  return `${format ?? 'text'}${format ? '' : bounds(minLength, maxLength, ' characters')}`;
}

/** What a value is, in one line. */
export function typeOf(schema: Schema): Html {
  if (schema.$ref) {
    const name = nameOf(schema.$ref);
    return html`<a href="#${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return valuesOf([schema.const]);
  if (schema.enum) return valuesOf(schema.enum);
  const choices = schemasIn(schema.anyOf ?? schema.oneOf);
  if (choices.length > 0)
    return joined(
      choices.map((one) => (isNull(one) ? html`null` : typeOf(one))),
      ' or ',
    );
  // Lists of a fixed length hold the same in every place.
  if (schema.prefixItems)
    return html`list of ${schema.prefixItems.length} times ${typeOf(schema.prefixItems[0] as Schema)}`;
  if (schema.type === 'array') return html`list of ${typeOf((schema.items ?? {}) as Schema)}`;
  if (schema.type !== 'object') return html`${scalarText(schema)}`;
  const values = schema.additionalProperties;
  return typeof values === 'object' ? html`map to ${typeOf(values as Schema)}` : html`object`;
}

/** Where a schema holds fields of its own, behind lists, maps and choices. */
function fieldsIn(schema: Schema): Schema | undefined {
  if (schema.properties) return schema;
  const inner = [
    ...schemasIn(schema.anyOf ?? schema.oneOf),
    ...[schema.items, schema.additionalProperties].filter((part) => typeof part === 'object'),
  ] as Schema[];
  return inner.map(fieldsIn).find((found) => found !== undefined);
}

/** A meaning without what the mark beside it says already. */
const meaningOf = ({ description = '' }: Schema) => description.replace(/; required\.$/, '.');

function field(name: string, schema: Schema, isMarked: boolean): Html {
  const inner = fieldsIn(schema);
  return html`<div class="field">
<dt><code class="name">${name}</code> <span class="type">${typeOf(schema)}</span>${isMarked ? html` <span class="required">required</span>` : ''}</dt>
<dd>${inline(meaningOf(schema))}${inner ? fields(inner, false) : ''}</dd>
</div>`;
}

/**
 * The fields of an object.
 *
 * @param isRequest whether those that must be sent are marked; in answers all fields come unless they say otherwise
 */
export function fields(schema: Schema, isRequest: boolean): Html {
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(([name, one]) =>
    field(name, one as Schema, isRequest && required.has(name)),
  );
  return html`<dl class="fields">${rows}</dl>`;
}

/** A named schema with all that it holds. */
export function schemaSection(name: string, schema: Schema): Html {
  // Only bodies of requests refuse what they do not know.
  const isRequest = schema.additionalProperties === false;
  return html`<section class="schema" aria-labelledby="${name}">
<h3 id="${name}">${name}</h3>
${schema.properties ? fields(schema, isRequest) : html`<p class="type">${typeOf(schema)}</p>`}
</section>`;
}
