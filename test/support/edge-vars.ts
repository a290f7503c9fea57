/** What edge tests are told by their environment; the keys were made for tests and open nothing. */

/** The private side of the key that the pool `default` trusts in tests. */
export const testWorkerKey = {
  kty: 'OKP',
  crv: 'Ed25519',
  x: 'hN8-zKNEI290Yhuxhi1zHKCnt8ZuEAtPwpuPWkJ9cxc',
  d: 'RqwdYl5TI4nk5gwsKNP2rINQWd76NhFD16nh7egLwX8',
} as const;

const { d: _private, ...publicKey } = testWorkerKey;

/** 32 bytes in base64url. */
const secret = 'A'.repeat(43);

export const edgeTestVars = {
  KEY_PEPPER: `1:${secret}`,
  TOKEN_KEY: `a:${secret}`,
  WORKER_KEYS: JSON.stringify({ default: [publicKey] }),
  S3_ENDPOINT: 'http://127.0.0.1:8787/darkroom-images',
  S3_ACCESS_KEY_ID: 'darkroom-local',
  S3_SECRET_ACCESS_KEY: 'darkroom-local-secret',
} as const;
