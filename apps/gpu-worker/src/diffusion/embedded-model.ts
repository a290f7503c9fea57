import { fileURLToPath } from 'node:url';

/** The edit model in this repository. */
export const embeddedModelId = 'darkroom/edit';
/** Its folder. */
export const embeddedFolder: string = fileURLToPath(new URL('../../../../weights/edit', import.meta.url));
