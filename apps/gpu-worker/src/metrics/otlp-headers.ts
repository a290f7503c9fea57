import { z } from 'zod';

const pair = /^\s*([!#$%&'*+.^_`|~\w-]{1,128})\s*=\s*([^,;\s]{0,4096})\s*$/;

/** Headers in a variable, as OpenTelemetry writes them: `name=value` pairs between commas, values percent-coded. */
export const OtlpHeaders = z.string().transform((text, context): Readonly<Record<string, string>> => {
  const pairs = text.split(',').filter((part) => part.trim() !== '');
  try {
    return Object.fromEntries(
      pairs.map((part) => {
        const [, name = '', value = ''] = pair.exec(part) ?? [];
        if (name === '') throw new SyntaxError('a pair is malformed');
        return [name.toLowerCase(), decodeURIComponent(value)];
      }),
    );
  } catch {
    // The values are secrets, so nothing of them is told.
    context.addIssue('expected name=value pairs between commas, values percent-coded');
    return z.NEVER;
  }
});
