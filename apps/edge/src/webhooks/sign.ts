/** Standard Webhooks, version 1: who receives an event can tell that it is ours, whole, and fresh. */
import { secretBytes } from './webhook-secret.ts';

/** A post before it is signed. */
export interface WebhookMessage {
  /** The same in every attempt, so that what comes twice is known. */
  readonly id: string;
  readonly sentAtMs: number;
  readonly body: string;
}

const encoder = new TextEncoder();

async function signatureOf(text: string, secret: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', secretBytes(secret), algorithm, false, ['sign']);
  const digest = await crypto.subtle.sign('HMAC', key, encoder.encode(text));
  return `v1,${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}

/** The headers that a message goes out with: one signature for each secret, in their order. */
export async function signedHeaders(
  { id, sentAtMs, body }: WebhookMessage,
  secrets: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const timestamp = String(Math.floor(sentAtMs / 1000));
  const signatures = await Promise.all(
    secrets.map((secret) => signatureOf(`${id}.${timestamp}.${body}`, secret)),
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
