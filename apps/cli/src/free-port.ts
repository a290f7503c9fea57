import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { AppError } from '@darkroom/shared/errors';

/** Where the platform listens: this machine alone. */
export const localAddress = '127.0.0.1';

/** A port that nothing listens on: the wanted one, or for 0 any. @throws conflict when it is taken */
export async function freePort(wanted: number): Promise<number> {
  const server = createServer();
  server.listen(wanted, localAddress);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    const why = reason === 'EADDRINUSE' ? 'is taken' : `cannot be used (${reason})`;
    const message = `port ${wanted} ${why}; choose another with --port`;
    throw new AppError('conflict', { cause, message });
  }
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
