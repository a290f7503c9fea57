// Health and figures over HTTP, for probes and Prometheus.
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type HealthWord, healthStatus } from './health.ts';

/** What the server tells, read at each request. */
export interface MetricsSource {
  readonly health: () => HealthWord;
  readonly metrics: () => string;
}

/** A small HTTP server: `GET /healthz` and `GET /metrics`. */
export class MetricsServer implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @throws when the port is taken */
  static async open(host: string, port: number, source: MetricsSource): Promise<MetricsServer> {
    const server = createServer(answer(source));
    server.listen(port, host);
    await once(server, 'listening');
    return new MetricsServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function answer({ health, metrics }: MetricsSource): RequestListener {
  return ({ url, method }, response) => {
    if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
    } else if (url === '/healthz') {
      const status = health();
      response.writeHead(healthStatus(status), { 'content-type': 'application/json' });
      response.end(`${JSON.stringify({ status })}\n`);
    } else if (url === '/metrics') {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(metrics());
    } else {
      response.writeHead(404).end();
    }
  };
}
