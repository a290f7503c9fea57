/** The secrets that sign a webhook's events: as many as are in force, so that receivers can change over in peace. */

/** One secret; `whsec_` and base64, in the alphabet that all verifiers of Standard Webhooks read. */
export interface WebhookSecret {
  readonly text: string;
  /** When it stops signing; null = it is the current one. */
  readonly endsAtMs: number | null;
}

/** Random bytes that one secret takes. */
export const secretRandomBytes = 32;
const prefix = 'whsec_';
/** How long a replaced secret signs beside its successor. */
const overlapMs = 24 * 60 * 60 * 1000;
/** Secrets that sign at once, however often they are replaced. */
const maxSecrets = 4;

/** A new current secret. */
export function makeSecret(random: Uint8Array): WebhookSecret {
  return { text: prefix + btoa(String.fromCharCode(...random)), endsAtMs: null };
}

/** The key that a secret's text stands for. */
export function secretBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.slice(prefix.length)), (character) => character.charCodeAt(0));
}

/** The secrets that sign at a moment, the newest first. */
export function secretsInForce(secrets: readonly WebhookSecret[], nowMs: number): WebhookSecret[] {
  return secrets.filter(({ endsAtMs }) => endsAtMs === null || endsAtMs > nowMs);
}

/** The secrets after a new one took the current one's place, which signs on for a day. */
export function rotateSecrets(
  secrets: readonly WebhookSecret[],
  fresh: WebhookSecret,
  nowMs: number,
): WebhookSecret[] {
  const replaced = secretsInForce(secrets, nowMs).map(({ text, endsAtMs }) => ({
    text,
    endsAtMs: endsAtMs ?? nowMs + overlapMs,
  }));
  return [fresh, ...replaced].slice(0, maxSecrets);
}
