// A hub for tests: lists a tree in pages, serves small files itself and LFS files from a second origin by range.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A file of the fake repository. */
export interface FakeFile {
  bytes: Buffer;
  isLfs?: boolean;
}

interface Received {
  path: string;
  range: string | undefined;
  authorization: string | undefined;
}

/** Faults are set by a test; all but `corruptSmall` act on LFS content only. */
interface Faults {
  /** Connections to cut, and after how many bytes of the answer. */
  cuts: number;
  cutAfterBytes: number;
  /** Answers 503 to give before serving. */
  outages: number;
  corrupt: boolean;
  /** Changes the last byte of small files. */
  corruptSmall: boolean;
  /** Serve whole files whatever range is asked. */
  ignoresRange: boolean;
  /** Wait between chunks of 64 KiB. */
  chunkDelayMs: number;
}

/** A hub with one repository on this machine; a test adds files and faults, and reads what was asked. */
export class FakeHub implements AsyncDisposable {
  readonly files = new Map<string, FakeFile>();
  readonly requests: Received[] = [];
  readonly faults: Faults = {
    cuts: 0,
    cutAfterBytes: 0,
    outages: 0,
    corrupt: false,
    corruptSmall: false,
    ignoresRange: false,
    chunkDelayMs: 0,
  };
  readonly #id: string;
  readonly #revision: string;
  readonly #hub: Server = createServer((request, response) => this.#answer(request, response));
  readonly #store: Server = createServer((request, response) => void this.#serveContent(request, response));

  private constructor(id: string, revision: string) {
    this.#id = id;
    this.#revision = revision;
  }

  /** Starts a hub with one repository. */
  static async start(id: string, revision = 'main'): Promise<FakeHub> {
    const hub = new FakeHub(id, revision);
    for (const server of [hub.#hub, hub.#store]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
    return hub;
  }

  get endpoint(): string {
    return address(this.#hub);
  }

  add(path: string, content: string | Buffer, isLfs = false): void {
    this.files.set(path, { bytes: Buffer.from(content), isLfs });
  }

  /** Ranges asked of an LFS file, in order; undefined = the whole file. */
  ranges(path: string): (string | undefined)[] {
    return this.requests.filter((request) => request.path === `/lfs/${path}`).map(({ range }) => range);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [this.#hub, this.#store]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.endpoint);
    this.#record(request);
    const tree = `/api/models/${this.#id}/tree/${this.#revision}`;
    const resolve = `/${this.#id}/resolve/${this.#revision}/`;
    const file = this.files.get(decodeURIComponent(url.pathname.slice(resolve.length)));
    if (url.pathname === tree) {
      this.#list(url, response);
    } else if (!url.pathname.startsWith(resolve) || file === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Repository not found"}');
    } else if (file.isLfs) {
      const path = decodeURIComponent(url.pathname.slice(resolve.length));
      response.writeHead(302, { location: `${address(this.#store)}/lfs/${path}` }).end();
    } else {
      response.end(this.faults.corruptSmall ? damaged(file.bytes) : file.bytes);
    }
  }

  #record(request: IncomingMessage): void {
    const { range, authorization } = request.headers;
    this.requests.push({ path: request.url ?? '', range, authorization });
  }

  /** Two entries a page, linked as the hub links its pages. */
  #list(url: URL, response: ServerResponse): void {
    const start = Number(url.searchParams.get('cursor') ?? 0);
    const entries = [...this.files].map(([path, { bytes, isLfs }]) => {
      const oid = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
      const entry = { type: 'file', path, size: bytes.length, oid };
      if (!isLfs) return entry;
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return { ...entry, lfs: { oid: sha256, size: bytes.length, pointerSize: 134 } };
    });
    if (start + 2 < entries.length) {
      const next = `${this.endpoint}${url.pathname}?recursive=true&expand=false&cursor=${start + 2}`;
      response.setHeader('link', `<${next}>; rel="next"`);
    }
    response.setHeader('content-type', 'application/json');
    const page = entries.slice(start, start + 2);
    response.end(
      JSON.stringify(start === 0 ? [{ type: 'directory', path: 'unet', size: 0 }, ...page] : page),
    );
  }

  async #serveContent(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#record(request);
    const file = this.files.get((request.url ?? '').replace('/lfs/', ''));
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (this.faults.outages-- > 0) {
      response.writeHead(503).end();
      return;
    }
    const asked = this.faults.ignoresRange ? null : /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const start = Number(asked?.[1] ?? 0);
    const rest = Buffer.from(file.bytes.subarray(start));
    const bytes = this.faults.corrupt ? damaged(rest) : rest;
    const range = `bytes ${start}-${file.bytes.length - 1}/${file.bytes.length}`;
    response.writeHead(asked ? 206 : 200, {
      'content-length': bytes.length,
      ...(asked ? { 'content-range': range } : {}),
    });
    await this.#send(bytes, response);
  }

  async #send(bytes: Buffer, response: ServerResponse): Promise<void> {
    const isCut = this.faults.cuts-- > 0;
    const end = isCut ? Math.min(this.faults.cutAfterBytes, bytes.length) : bytes.length;
    for (let at = 0; at < end && !response.destroyed; at += 65_536) {
      await new Promise((resolve) => response.write(bytes.subarray(at, Math.min(at + 65_536, end)), resolve));
      if (this.faults.chunkDelayMs > 0) {
        await new Promise((resolve) => setTimeout(resolve, this.faults.chunkDelayMs));
      }
    }
    if (isCut) response.destroy();
    else response.end();
  }
}

/** The same bytes but for the last one. */
function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length > 0) copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
}

function address(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
