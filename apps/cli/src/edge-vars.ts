// What a local edge is told: its variables as the text of an environment file.
import type { LocalSecrets } from './local-secrets.ts';

/** As wrangler.toml gives them to the local store of pictures, which only this machine reaches. */
const s3 = { id: 'darkroom-local', secret: 'darkroom-local-secret', bucket: 'darkroom-images' } as const;

/** The pool of local workers. */
export const localPool = 'default';
/** Of the hash of keys; names the pepper in the database. */
export const pepperVersion = 1;

/** The edge's variables. @param url where it answers */
export function edgeVars(
  { pepper, tokenSecret, workerKey }: LocalSecrets,
  url: string,
): Record<string, string> {
  const { d: _private, ...publicKey } = workerKey;
  return {
    KEY_PEPPER: `${pepperVersion}:${pepper}`,
    TOKEN_KEY: `local:${tokenSecret}`,
    WORKER_KEYS: JSON.stringify({ [localPool]: [publicKey] }),
    S3_ENDPOINT: `${url}/cdn-cgi/local/r2/s3/${s3.bucket}`,
    S3_ACCESS_KEY_ID: s3.id,
    S3_SECRET_ACCESS_KEY: s3.secret,
  };
}

/**
 * Variables as the lines of an environment file.
 * @throws TypeError for a value that single quotes cannot hold
 */
export function envText(vars: Readonly<Record<string, string>>): string {
  const lines = Object.entries(vars).map(([name, value]) => {
    if (/['\n\\$]/.test(value))
      throw new TypeError(`${name}: expected no quote, backslash, dollar or line break`);
    return `${name}='${value}'\n`;
  });
  return lines.join('');
}
