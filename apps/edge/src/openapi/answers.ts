/** Answers that many operations share. */
import type { AnswerName, RequestName } from './contracts.ts';
import type { Answer, AnswerHeader, RequestContent } from './operation.ts';

/** An answer whose body is a contract. */
export function json(name: AnswerName, meaning: string, ...headers: AnswerHeader[]): Answer {
  return { meaning, content: { 'application/json': name }, headers };
}

/** A request body that is a contract. */
export const sends = (name: RequestName): RequestContent => ({ 'application/json': name });

/** An answer without a body. */
export const gone: Answer = { meaning: 'It is gone.' };
export const unchanged: Answer = { meaning: 'It is as you have it.', headers: ['etag'] };
