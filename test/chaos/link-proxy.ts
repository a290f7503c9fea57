// Stands between workers and their pool: listens, cuts connections as a network does, and holds them as one that hangs.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { FrameReader } from './frame-reader.ts';
import type { LeaseWatch } from './lease-watch.ts';

const localAddress = '127.0.0.1';

interface Wire {
  readonly worker: Socket;
  readonly pool: Socket;
  /** As its hello said. */
  workerId: string | undefined;
  isHeld: boolean;
}

export class LinkProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #poolPort: number;
  readonly #watch: LeaseWatch;
  readonly #wires = new Set<Wire>();

  private constructor(server: Server, poolPort: number, watch: LeaseWatch) {
    this.#server = server;
    this.#poolPort = poolPort;
    this.#watch = watch;
    server.on('connection', (socket) => this.#serve(socket));
  }

  /** @param poolPort where connections go, on this machine; it need not listen all the time */
  static async open(poolPort: number, watch: LeaseWatch): Promise<LinkProxy> {
    const server = createServer();
    server.listen(0, localAddress);
    await once(server, 'listening');
    return new LinkProxy(server, poolPort, watch);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts a worker's connections. @returns how many there were */
  cut(workerId: string): number {
    const wires = this.#wiresOf(workerId);
    for (const { worker, pool } of wires) {
      worker.resetAndDestroy();
      pool.resetAndDestroy();
    }
    return wires.length;
  }

  /** From now on nothing passes over a worker's present connections, and neither side is told; until they are cut. */
  hold(workerId: string): void {
    for (const wire of this.#wiresOf(workerId)) wire.isHeld = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { worker, pool } of this.#wires) {
      worker.destroy();
      pool.destroy();
    }
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #wiresOf(workerId: string): Wire[] {
    return [...this.#wires].filter((wire) => wire.workerId === workerId);
  }

  #serve(worker: Socket): void {
    const pool = connect(this.#poolPort, localAddress);
    const wire: Wire = { worker, pool, workerId: undefined, isHeld: false };
    this.#wires.add(wire);
    for (const socket of [worker, pool]) {
      socket.setNoDelay(true);
      // 'close' follows, with all that is to be done.
      socket.on('error', () => undefined);
    }
    const [up, down] = [new FrameReader(), new FrameReader()];
    worker.on('data', (chunk) => {
      this.#hearWorker(wire, up.push(chunk));
      if (!wire.isHeld) pool.write(chunk);
    });
    pool.on('data', (chunk) => {
      for (const text of down.push(chunk)) this.#watch.hearPool(wire.workerId ?? '', text);
      if (!wire.isHeld) worker.write(chunk);
    });
    this.#closeTogether(wire);
  }

  #hearWorker(wire: Wire, texts: readonly string[]): void {
    for (const text of texts) {
      const frame = this.#watch.hearWorker(text);
      if (frame?.type === 'hello') wire.workerId = frame.workerId;
    }
  }

  #closeTogether(wire: Wire): void {
    const { worker, pool } = wire;
    const close = (other: Socket) => {
      if (wire.isHeld && !worker.destroyed) return;
      other.end();
      this.#wires.delete(wire);
    };
    worker.once('close', () => close(pool));
    pool.once('close', () => close(worker));
  }
}
