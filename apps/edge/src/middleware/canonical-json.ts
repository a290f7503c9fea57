import { AppError } from '@darkroom/shared/errors';

/** Far above any contract of ours, far below what a call stack holds. */
const maxDepth = 64;

/** A value of `JSON.parse` as text, the members of objects in order of their names: equal values give equal texts. */
export function canonicalJson(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (depth === maxDepth) {
    const message = `body: expected JSON nested at most ${maxDepth} deep`;
    throw new AppError('invalid_request', { message, details: { field: 'body', maxDepth } });
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`;
  const members = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member, depth + 1)}`);
  return `{${members.join(',')}}`;
}
