/** Whatever begins like a key, to the last character that could belong to it: cut or misspelt keys are secrets too. */
const keyLike = /dk_(live|test)_\w*/g;
/** The first segment of a JWT is a JSON object, which begins with `eyJ`. */
const tokenLike = /ek_eyJ[\w.-]*/g;
const publicPart = /^dk_(?:live|test)_[0-9A-Za-z]{12}(?=_)/;

/** The text with the secrets of all keys and client tokens taken out; the ids of whole keys stay readable. */
export function redactKeys(text: string): string {
  return text
    .replace(keyLike, (key, environment) => `${publicPart.exec(key)?.[0] ?? `dk_${environment}`}_[redacted]`)
    .replace(tokenLike, 'ek_[redacted]');
}

/** Whether a text holds anything that looks like a key or a client token. */
export function holdsKey(text: string): boolean {
  return text.search(keyLike) !== -1 || text.search(tokenLike) !== -1;
}
