import { DrizzleQueryError } from 'drizzle-orm';

/** What an error says, with where it came from; of a query its text alone, because prompts and secrets are its values. */
function ownText(error: Error): string {
  const text = error.stack ?? String(error);
  if (!(error instanceof DrizzleQueryError)) return text;
  return text.replace(error.message, () => `Failed query: ${error.query}`);
}

/** An error and all that is behind it, as text for operators; keys are taken out of it where it is logged. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause === undefined ? ownText(error) : `${ownText(error)}; caused by ${errorText(cause)}`;
}
