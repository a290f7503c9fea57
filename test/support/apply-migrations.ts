/** Gives every file of edge tests an empty database with all migrations applied. */

import { applyD1Migrations, type D1Migration, reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { D1Database } from '@cloudflare/workers-types';

declare module '@cloudflare/workers-types' {
  namespace Cloudflare {
    interface Env {
      readonly DB: D1Database;
      /** Read from migrations/ by vitest.config.ts. */
      readonly TEST_MIGRATIONS: D1Migration[];
    }
  }
}

await reset();
await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
