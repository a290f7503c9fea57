import { createApp } from './app.ts';
import { createDeps } from './deps.ts';

// Workers look for the default export and for nothing else.
export default createApp(createDeps());
