/** An object store over HTTP, as presigned addresses see one: bytes go in by PUT and come back by GET. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands for the signature: it must reach the store, and no log. */
export const signature = 'X-Amz-Signature=5ec2e7';

/** What the store was asked, in order. */
export interface StoreRequest {
  readonly method: string;
  readonly key: string;
  readonly headers: IncomingMessage['headers'];
  readonly status: number;
}

export class ObjectStore implements AsyncDisposable {
  readonly objects = new Map<string, Uint8Array>();
  readonly requests: StoreRequest[] = [];
  /** Statuses that the next requests of a method get instead of an answer, first come first served. */
  readonly failures: { method: string; status: number }[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => void this.#answer(request, response));
  }

  static async open(): Promise<ObjectStore> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ObjectStore(server);
  }

  /** A signed address of a key. */
  url(key: string): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${key}?${signature}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, search } = new URL(request.url ?? '', 'http://store');
    const { method = '', headers } = request;
    const key = path.slice(1);
    const body = Buffer.concat(await request.toArray());
    const failure = this.failures.findIndex((one) => one.method === method);
    const status =
      search !== `?${signature}`
        ? 403
        : (this.failures.splice(failure, failure < 0 ? 0 : 1)[0]?.status ?? 200);
    const object = this.objects.get(key);
    if (status === 200 && method === 'PUT') this.objects.set(key, body);
    const found = status === 200 && method === 'GET' && !object ? 404 : status;
    this.requests.push({ method, key, headers, status: found });
    response.writeHead(found).end(found === 200 && method === 'GET' ? object : undefined);
  }
}
