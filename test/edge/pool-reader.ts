/** A client that reads a job's events. */

/** An event as a client hears it. */
export interface HeardEvent {
  readonly id: number;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

function parseEvent(text: string): HeardEvent[] {
  const fields = new Map(
    text.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  const [id, name, data] = [fields.get('id'), fields.get('event'), fields.get('data')];
  if (id === undefined || name === undefined || data === undefined) return [];
  return [{ id: Number(id), name, data: JSON.parse(data) }];
}

/** Reads server-sent events one by one. */
export class SseReader {
  readonly events: HeardEvent[] = [];
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #rest = '';

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** Reads to an event of which something holds. */
  async until(holds: (event: HeardEvent) => boolean): Promise<HeardEvent> {
    for (let seen = 0; ; seen++) {
      while (seen >= this.events.length)
        if (!(await this.#read())) throw new Error('the stream ended before');
      const event = this.events[seen];
      if (event && holds(event)) return event;
    }
  }

  async toEnd(): Promise<this> {
    while (await this.#read());
    return this;
  }

  /** Hangs up. */
  async cancel(): Promise<void> {
    await this.#reader.cancel();
  }

  async #read(): Promise<boolean> {
    const { done, value } = await this.#reader.read();
    const texts = `${this.#rest}${this.#decoder.decode(value, { stream: true })}`.split('\n\n');
    this.#rest = texts.pop() ?? '';
    this.events.push(...texts.flatMap(parseEvent));
    return !done;
  }
}
