/** A pool as a worker sees one: a WebSocket server that speaks the contract strictly, and remembers what it heard. */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type PoolFrame, WorkerFrame } from '@darkroom/shared/contracts/frames';
import { parseContract } from '@darkroom/shared/contracts/parse-contract';
import { jwtVerify } from 'jose';
import { type WebSocket, WebSocketServer } from 'ws';

type FrameOf<T extends WorkerFrame['type']> = Extract<WorkerFrame, { type: T }>;

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const jwk = privateKey.export({ format: 'jwk' });

/** The key whose tokens it lets in, as a worker is given it. */
export const poolKey: string = Buffer.from(JSON.stringify(jwk)).toString('base64url');
/** What of it nobody may see. */
export const poolSecret: string = jwk.d ?? '';

async function isWelcome({ headers }: IncomingMessage): Promise<boolean> {
  const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
  const expected = { algorithms: ['EdDSA'], audience: 'darkroom-pool:default', subject: 'worker-1' };
  return jwtVerify(token, publicKey, expected).then(
    () => true,
    () => false,
  );
}

export class PoolStandIn implements AsyncDisposable {
  /** Everything that was said, over all connections. */
  readonly heard: WorkerFrame[] = [];
  readonly previews: Uint8Array[] = [];
  /** How the worker ended connections. */
  readonly closes: { code: number; reason: string }[] = [];
  /** What was wrong with what was said. */
  readonly faults: unknown[] = [];
  /** Whether the ends of leases are acknowledged. */
  acknowledges = true;
  readonly #server: WebSocketServer;
  #waiting: (() => void)[] = [];

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket) => this.#serve(socket));
  }

  /** @param port of a stand-in that was closed, or any that is free */
  static async open(port = 0): Promise<PoolStandIn> {
    const verifyClient = ({ req }: { req: IncomingMessage }, answer: (isLetIn: boolean) => void) =>
      void isWelcome(req).then(answer);
    const server = new WebSocketServer({ host: '127.0.0.1', port, verifyClient });
    await once(server, 'listening');
    return new PoolStandIn(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  all<T extends WorkerFrame['type']>(type: T): FrameOf<T>[] {
    return this.heard.filter((frame): frame is FrameOf<T> => frame.type === type);
  }

  /** Waits until something holds of what was heard; the test's own time limit ends it. */
  async until<T>(find: () => T | undefined | false): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined && found !== false) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The frame of a type about a job, once it has come. */
  next<T extends 'accept' | 'done' | 'fail' | 'canceled' | 'reject'>(
    type: T,
    jobId: string,
  ): Promise<FrameOf<T>> {
    return this.until(() => this.all(type).find((frame) => 'jobId' in frame && frame.jobId === jobId));
  }

  /** Says something to the worker that is connected. */
  async say(frame: PoolFrame | string): Promise<void> {
    const socket = await this.until(() =>
      [...this.#server.clients].find((one) => one.readyState === one.OPEN),
    );
    socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Cuts every connection, as a network does. */
  cut(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: WebSocket): void {
    let announced: FrameOf<'preview'> | undefined;
    socket.on('message', (data: Buffer, isBinary) => {
      try {
        if (isBinary) {
          if (announced?.sizeBytes !== data.length) throw new Error('bytes without their announcement');
          this.previews.push(data);
          announced = undefined;
        } else {
          const frame = parseContract(WorkerFrame, JSON.parse(String(data)));
          if (frame.type === 'preview') announced = frame;
          this.#hear(frame, socket);
        }
      } catch (fault) {
        this.faults.push(fault);
      }
      this.#wake();
    });
    socket.on('close', (code, reason) => {
      this.closes.push({ code, reason: String(reason) });
      this.#wake();
    });
  }

  #hear(frame: WorkerFrame, socket: WebSocket): void {
    this.heard.push(frame);
    if (!this.acknowledges) return;
    if (
      frame.type !== 'done' &&
      frame.type !== 'fail' &&
      frame.type !== 'canceled' &&
      frame.type !== 'reject'
    )
      return;
    const { jobId, fence } = frame;
    socket.send(JSON.stringify({ type: 'ack', jobId, fence, verdict: 'accepted' } satisfies PoolFrame));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
