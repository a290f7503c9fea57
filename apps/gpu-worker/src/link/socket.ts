// A WebSocket to the pool that comes back by itself.
import { WebSocket } from 'ws';
import type { Log } from '../log.ts';
import { reconnectDelayMs } from './backoff.ts';

/** Bytes of one frame of the pool, at most: an offer with all its addresses takes half of it. */
const maxFrameBytes = 256 * 2 ** 10;
/** What may wait in the socket before previews are left out. */
const congestedBytes = 2 ** 20;
const handshakeMs = 10_000;
/** A connection that held so long was a good one. */
const goodMs = 1_000;
/** Unanswered pings after which a connection is given up as half open. */
const missedPongs = 3;

/** Where to dial, and what to do on the way. */
export interface PoolSocketOptions {
  readonly url: string;
  /** A token for one dial. */
  readonly token: () => Promise<string>;
  readonly pingEveryMs: number;
  readonly random: () => number;
  readonly log: Log;
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
}

/** Dials the pool again and again, until it is closed. */
export class PoolSocket {
  readonly #options: PoolSocketOptions;
  #socket: WebSocket | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #isClosed = false;
  /** Connections that were opened. */
  connections = 0;

  constructor(options: PoolSocketOptions) {
    this.#options = options;
    void this.#dial();
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Sends a text or, behind its announcement, bytes. False when there is no connection. */
  send(content: string | Uint8Array): boolean {
    if (!this.isOpen) return false;
    this.#socket?.send(content);
    return true;
  }

  /** Whether so much waits to be sent that only what matters should follow. */
  get isCongested(): boolean {
    return (this.#socket?.bufferedAmount ?? 0) > congestedBytes;
  }

  /** Ends this connection because of what came over it, and says why; a new one is dialled. */
  refuse(code: number, reason: string): void {
    this.#options.log('warn', 'closing the connection', { closeCode: code, reason });
    // The protocol allows 123 bytes.
    this.#socket?.close(
      code,
      Buffer.from(reason)
        .subarray(0, 120)
        .toString()
        .replace(/\uFFFD+$/, ''),
    );
  }

  /** Ends the connection and dials no more; resolves when what was sent is out. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    const socket = this.#socket;
    if (!socket || socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
    else socket.close(1001, 'the worker stops');
    const late = setTimeout(() => socket.terminate(), goodMs);
    await closed;
    clearTimeout(late);
  }

  async #dial(): Promise<void> {
    const token = await this.#options.token();
    if (!this.#isClosed) this.#open(token);
  }

  #open(token: string): void {
    const { url, log, onOpen, onText } = this.#options;
    const socket = new WebSocket(url, {
      headers: { authorization: `Bearer ${token}` },
      maxPayload: maxFrameBytes,
      handshakeTimeout: handshakeMs,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    let openedAt: number | undefined;
    let pings: NodeJS.Timeout | undefined;
    socket.once('open', () => {
      openedAt = performance.now();
      this.connections += 1;
      log('info', 'connected to the pool');
      pings = this.#keepAlive(socket);
      onOpen();
    });
    socket.on('message', (data, isBinary) => {
      if (isBinary) this.refuse(1003, 'frame: expected text, got bytes');
      else if (socket.readyState === WebSocket.OPEN) onText(String(data));
    });
    // What went wrong; 'close' follows.
    socket.on('error', (error) => log('warn', 'the connection failed', { reason: error.message }));
    socket.once('close', (closeCode, reason) => {
      clearInterval(pings);
      const isGood = openedAt !== undefined && performance.now() - openedAt >= goodMs;
      this.#failures = isGood ? 0 : this.#failures + 1;
      if (openedAt !== undefined) {
        log('warn', 'the connection ended', { closeCode, reason: String(reason) });
      }
      this.#dialLater();
    });
  }

  #dialLater(): void {
    if (this.#isClosed) return;
    const delayMs = reconnectDelayMs(this.#failures, this.#options.random());
    this.#retry = setTimeout(() => void this.#dial(), delayMs);
  }

  /** Pings; a peer that has answered before and does no more is gone, though no packet says so. */
  #keepAlive(socket: WebSocket): NodeJS.Timeout {
    let hasAnswered = false;
    let unanswered = 0;
    socket.on('pong', () => {
      hasAnswered = true;
      unanswered = 0;
    });
    return setInterval(() => {
      if (hasAnswered && unanswered >= missedPongs) {
        socket.terminate();
        return;
      }
      unanswered += 1;
      socket.ping();
    }, this.#options.pingEveryMs);
  }
}
