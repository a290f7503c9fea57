import { dirname } from 'node:path';

/**
 * The folder from which a person called a command: relative paths in its words start there. `npm run` moves to the
 * package's root and names the caller's folder in `INIT_CWD`; a process that only inherited that name stays where it is.
 */
export function callerFolder(
  environment: NodeJS.ProcessEnv = process.env,
  workingFolder: string = process.cwd(),
): string {
  const { INIT_CWD: caller, npm_package_json: manifest } = environment;
  const isMoved = caller && manifest && dirname(manifest) === workingFolder;
  return isMoved ? caller : workingFolder;
}
