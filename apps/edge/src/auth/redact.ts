/** Whatever begins like a key, to the last character that could belong to it: cut or misspelt keys are secrets too. */
const keyLike = /dk_(live|test)_\w*/g;
/** The secret of a webhook, in either alphabet of base64. */
const webhookSecretLike = /whsec_[\w+/=-]*/g;
/** The first segment of a JWT is a JSON object, which begins with `eyJ`. */
const tokenLike = /ek_eyJ[\w.-]*/g;
/** A JWT that names no kind of ours, such as a worker’s. */
const jwtLike = /eyJ[\w-]{6,}\.[\w.-]*/g;
const publicPart = /^dk_(?:live|test)_[0-9A-Za-z]{12}(?=_)/;

/** The text with the secrets of all keys, webhooks and tokens taken out; the ids of whole keys stay readable. */
export function redactKeys(text: string): string {
  return text
    .replace(keyLike, (key, environment) => `${publicPart.exec(key)?.[0] ?? `dk_${environment}`}_[redacted]`)
    .replace(webhookSecretLike, 'whsec_[redacted]')
    .replace(tokenLike, 'ek_[redacted]')
    .replace(jwtLike, '[redacted]');
}

/** Whether a text holds anything that looks like a key, a webhook’s secret or a token. */
export function holdsKey(text: string): boolean {
  return [keyLike, webhookSecretLike, tokenLike, jwtLike].some((pattern) => text.search(pattern) !== -1);
}
