/**
 * Parses JSON as Python writes it: bare `Infinity`, `-Infinity` become infinities and `NaN` becomes null.
 *
 * Saved scheduler configurations contain `"lambda_min_clipped": -Infinity`, which strict JSON refuses.
 * @throws SyntaxError when the text is not JSON otherwise.
 */
export function parsePythonJson(text: string): unknown {
  const tokens = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g;
  const strict = text.replace(tokens, (token) => {
    if (token.startsWith('"')) return token;
    if (token === 'NaN') return 'null';
    return token.startsWith('-') ? '-1e999' : '1e999';
  });
  return JSON.parse(strict) as unknown;
}
