// The worker's side of the conversation with its pool. It lives on a thread of its own.
import { cancelGraceMs, heartbeatMs, PoolFrame, type WorkerFrame } from '@darkroom/shared/contracts/frames';
import { parseContract } from '@darkroom/shared/contracts/parse-contract';
import { errorFields, type Log } from '../log.ts';
import { type EndFrame, leaseOf } from './end-frame.ts';
import type { LeaseBook } from './lease-book.ts';
import type { FromLink, ToLink } from './link-messages.ts';
import { PoolSocket } from './socket.ts';

/** How often progress is told between beats, at most. */
const progressEveryMs = 100;

/** What a link needs from outside. */
export interface PoolLinkPorts {
  readonly url: string;
  /** A token for one dial. */
  readonly token: () => Promise<string>;
  readonly beatEveryMs: number;
  readonly book: LeaseBook;
  readonly random: () => number;
  readonly log: Log;
  readonly tell: (message: FromLink) => void;
  /** Ends the whole process at once, jobs and all; something starts it again. */
  readonly killProcess: () => void;
}

/** Connects, beats, delivers, and passes on the pool's orders. */
export class PoolLink {
  readonly #ports: PoolLinkPorts;
  readonly #socket: PoolSocket;
  readonly #beating: NodeJS.Timeout;
  readonly #stuck = new Set<NodeJS.Timeout>();
  #progress: NodeJS.Timeout | undefined;
  #endsHeard = 0;
  beats = 0;

  constructor(ports: PoolLinkPorts) {
    this.#ports = ports;
    const { url, token, random, log } = ports;
    this.#socket = new PoolSocket({
      url,
      token,
      random,
      log,
      pingEveryMs: heartbeatMs,
      onOpen: () => this.#greet(),
      onText: (text) => this.#receive(text),
    });
    this.#beating = setInterval(() => this.#beat(), ports.beatEveryMs);
  }

  get isConnected(): boolean {
    return this.#socket.isOpen;
  }

  /** Connections so far. */
  get connections(): number {
    return this.#socket.connections;
  }

  /** Does what the main thread says. */
  hear(message: ToLink): void {
    const { book } = this.#ports;
    switch (message.kind) {
      case 'accept':
        this.#send(message.frame);
        return;
      case 'ready':
        if (book.room(message.frame)) this.#send(message.frame);
        return;
      case 'draining':
        book.drain(message.frame);
        this.#send(message.frame);
        return;
      case 'running':
        book.run(message);
        this.#progress ??= setTimeout(() => this.#beat(), progressEveryMs);
        return;
      case 'preview':
        if (this.#socket.isCongested) return;
        if (this.#send(message.frame)) this.#socket.send(message.bytes);
        return;
      case 'end':
        this.#end(message.frame);
        return;
      case 'dropped':
        book.forget(message.lease);
        return;
      case 'metrics':
      case 'close':
        // The thread's own.
        return;
      default:
        message satisfies never;
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#beating);
    clearTimeout(this.#progress);
    for (const timer of this.#stuck) clearTimeout(timer);
    await this.#socket.close();
  }

  #greet(): void {
    for (const frame of this.#ports.book.greeting()) this.#send(frame);
  }

  #beat(): void {
    clearTimeout(this.#progress);
    this.#progress = undefined;
    if (this.#send(this.#ports.book.beat())) this.beats += 1;
  }

  #end(frame: EndFrame): void {
    const { book, log, tell } = this.#ports;
    this.#endsHeard += 1;
    try {
      book.end(frame);
    } catch (error) {
      log('error', 'the journal of results cannot be written', errorFields(error));
      tell({ kind: 'disk-failed' });
    }
    this.#sayKept();
    this.#send(frame);
  }

  #sayKept(): void {
    const { book, tell } = this.#ports;
    tell({ kind: 'kept', count: book.keptCount, endsHeard: this.#endsHeard });
  }

  #send(frame: WorkerFrame): boolean {
    return this.#socket.send(JSON.stringify(frame));
  }

  #receive(text: string): void {
    const frame = this.#parse(text);
    if (!frame) return;
    const { book, tell } = this.#ports;
    switch (frame.type) {
      case 'ack':
        book.forget(leaseOf(frame));
        this.#sayKept();
        return;
      case 'offer': {
        // An end that the pool has not heard answers its offer too.
        const known = book.endOf(frame);
        if (known) this.#send(known);
        else tell({ kind: 'order', frame });
        return;
      }
      case 'revoke':
        if (book.isRunning(frame)) this.#expectStop(frame);
        else book.forget(leaseOf(frame));
        tell({ kind: 'order', frame });
        return;
      case 'cancel':
      case 'drain':
        tell({ kind: 'order', frame });
        return;
      default:
        frame satisfies never;
    }
  }

  #parse(text: string): PoolFrame | undefined {
    try {
      return parseContract(PoolFrame, JSON.parse(text));
    } catch (error) {
      const reason = error instanceof SyntaxError ? 'expected JSON' : (error as Error).message;
      this.#socket.refuse(1008, `frame: ${reason}`);
      return undefined;
    }
  }

  /** A job that does not stop when its lease is taken away would hold its slot for nothing. */
  #expectStop(frame: Extract<PoolFrame, { type: 'revoke' }>): void {
    const { book, log, killProcess } = this.#ports;
    const timer = setTimeout(() => {
      this.#stuck.delete(timer);
      if (!book.isRunning(frame)) return;
      log('error', 'a job did not stop when its lease was revoked', { job: frame.jobId, fence: frame.fence });
      killProcess();
    }, cancelGraceMs);
    this.#stuck.add(timer);
  }
}
