/** The modules that only the Workers runtime has, without the package's globals, which contradict the DOM's. */
/// <reference types="@cloudflare/vitest-plugin/types" />
declare module 'cloudflare:workers' {
  import { CloudflareWorkersModule } from '@cloudflare/workers-types';

  export = CloudflareWorkersModule;
}
