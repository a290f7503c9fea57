/** The sockets of a pool's workers, which outlive the pool's memory. */
import type { DurableObjectState, WebSocket } from '@cloudflare/workers-types';
import { type PreviewFrame, WorkerFrame } from '@darkroom/shared/contracts/frames';
import { parseContract } from '@darkroom/shared/contracts/parse-contract';

/** What a socket carries through hibernation. */
export interface SocketNote {
  /** As its token said. */
  readonly workerId: string;
  readonly pool: string;
  /** Of the process that said hello; null = it has not. */
  readonly bootId: string | null;
  /** A newer socket of the same worker has taken its place. */
  readonly isReplaced: boolean;
}

/** Why a connection must end. */
export class FrameFault extends Error {
  readonly closeCode: number;

  constructor(closeCode: number, reason: string) {
    super(reason);
    this.name = 'FrameFault';
    this.closeCode = closeCode;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FrameFault(1008, 'frame: expected JSON');
  }
}

/** The frame in a message. @throws FrameFault */
export function parseFrame(text: string, { workerId, pool, bootId }: SocketNote): WorkerFrame {
  const value = parseJson(text);
  const isHello = typeof value === 'object' && value !== null && 'type' in value && value.type === 'hello';
  if (isHello && 'version' in value && value.version !== 1)
    throw new FrameFault(1002, 'version: expected 1 of the protocol');
  if (!isHello && bootId === null) throw new FrameFault(1008, 'frame: expected hello first');
  try {
    const frame = parseContract(WorkerFrame, value);
    if (frame.type === 'hello' && (frame.workerId !== workerId || frame.pool !== pool))
      throw new FrameFault(1008, `hello: expected worker ${workerId} of pool ${pool}, as its token says`);
    return frame;
  } catch (error) {
    if (error instanceof FrameFault) throw error;
    throw new FrameFault(1008, `frame: ${(error as Error).message}`);
  }
}

/** Ends a connection; the protocol allows 123 bytes of reason. */
export function closeSocket(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code, reason.replace(/[^\x20-\x7e]/g, '?').slice(0, 120));
  } catch {
    // It is closed already.
  }
}

export class WorkerSockets {
  readonly #ctx: DurableObjectState;
  readonly #announced = new WeakMap<WebSocket, PreviewFrame>();

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
  }

  accept(socket: WebSocket, who: Pick<SocketNote, 'workerId' | 'pool'>): void {
    this.#ctx.acceptWebSocket(socket, [who.workerId]);
    this.#write(socket, { ...who, bootId: null, isReplaced: false });
  }

  note(socket: WebSocket): SocketNote {
    return socket.deserializeAttachment() as SocketNote;
  }

  /** The worker said hello here: its older sockets are void. */
  bind(socket: WebSocket, bootId: string): void {
    const note = this.note(socket);
    for (const older of this.#ctx.getWebSockets(note.workerId)) {
      if (older === socket) continue;
      this.retire(older);
      closeSocket(older, 1000, 'a newer connection took its place');
    }
    this.#write(socket, { ...note, bootId });
  }

  /** Whether this is the one socket by which a worker is reached. */
  isCurrent(socket: WebSocket): boolean {
    const { bootId, isReplaced } = this.note(socket);
    return bootId !== null && !isReplaced;
  }

  /** Workers that are connected. */
  connected(): string[] {
    return this.#ctx
      .getWebSockets()
      .filter((socket) => socket.readyState === 1 && this.isCurrent(socket))
      .map((socket) => this.note(socket).workerId);
  }

  send(workerId: string, frame: unknown): void {
    const socket = this.#of(workerId);
    if (socket?.readyState === 1) socket.send(JSON.stringify(frame));
  }

  disconnect(workerId: string): void {
    const socket = this.#of(workerId);
    if (!socket) return;
    this.retire(socket);
    closeSocket(socket, 1008, 'expected hello');
  }

  /** Nothing is sent here any more, and nothing taken. */
  retire(socket: WebSocket): void {
    this.#write(socket, { ...this.note(socket), isReplaced: true });
  }

  /** Notes which preview comes next on a socket; undefined = none that counts. */
  announce(socket: WebSocket, frame: PreviewFrame | undefined): void {
    if (frame) this.#announced.set(socket, frame);
    else this.#announced.delete(socket);
  }

  /** The preview that these bytes are; undefined when none was announced, or of another size. */
  preview(socket: WebSocket, bytes: ArrayBuffer): PreviewFrame | undefined {
    const frame = this.#announced.get(socket);
    this.#announced.delete(socket);
    return frame?.sizeBytes === bytes.byteLength ? frame : undefined;
  }

  #of(workerId: string): WebSocket | undefined {
    return this.#ctx.getWebSockets(workerId).find((socket) => this.isCurrent(socket));
  }

  #write(socket: WebSocket, note: SocketNote): void {
    socket.serializeAttachment(note);
  }
}
