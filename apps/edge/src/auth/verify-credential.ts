/** From the text of a credential to who it stands for. */
import { AppError } from '@darkroom/shared/errors';
import { type ApiKey, parseApiKey } from './api-key.ts';
import { isClientToken, type SigningKeys, verifyClientToken } from './client-token.ts';
import type { KeyHasher } from './key-hash.ts';
import { type KeyRecord, type KeyStore, keyStatus } from './key-record.ts';
import { clientPrincipal, keyPrincipal, type Principal } from './principal.ts';

export interface CredentialDeps {
  readonly keyStore: KeyStore;
  readonly hasher: KeyHasher;
  readonly signingKeys: SigningKeys;
  readonly nowMs: () => number;
}

/** Who cannot be asked is not believed: a store that fails is told apart from a key that is wrong. */
async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw new AppError('dependency_unavailable', { cause });
  }
}

async function verifyKey(key: ApiKey, deps: CredentialDeps): Promise<Principal | undefined> {
  const { keyStore, hasher, nowMs } = deps;
  const record = await asked(keyStore.find(key.id));
  // An unknown id costs a comparison too, or its quick answer would tell which ids there are.
  const isSame = await hasher.matches(key.text, record?.hash);
  if (!record || !isSame || !isUsable(record, key, nowMs())) return undefined;
  if (!hasher.isCurrent(record.hash))
    await asked(keyStore.rehash(record.id, record.hash, await hasher.hash(key.text)));
  return keyPrincipal(record);
}

function isUsable(record: KeyRecord, { environment }: Pick<ApiKey, 'environment'>, nowMs: number): boolean {
  return record.environment === environment && keyStatus(record, nowMs) === 'active';
}

async function verifyToken(text: string, deps: CredentialDeps): Promise<Principal | undefined> {
  const { keyStore, signingKeys, nowMs } = deps;
  const claims = await verifyClientToken(text, { keys: signingKeys, nowMs: nowMs() });
  if (!claims) return undefined;
  // A token is worth what its key is worth at this moment: revoking the key ends its tokens.
  const record = await asked(keyStore.find(claims.keyId));
  if (!record || keyStatus(record, nowMs()) !== 'active') return undefined;
  return clientPrincipal(record, claims);
}

/**
 * Who a key or a client token stands for; `undefined` for whatever is wrong with it, without saying what.
 *
 * @throws AppError `dependency_unavailable` when the store does not answer
 */
export async function verifyCredential(text: string, deps: CredentialDeps): Promise<Principal | undefined> {
  if (isClientToken(text)) return verifyToken(text, deps);
  const key = parseApiKey(text);
  return key && verifyKey(key, deps);
}
