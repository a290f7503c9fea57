/** A job's events as its client streams them: server-sent events with growing ids, the latest of them kept for who comes back. */

/** One event. */
export interface JobEvent {
  readonly id: number;
  readonly name: string;
  readonly data: unknown;
}

/** Events that are kept of a job. */
const kept = 32;
export const keepAliveMs = 15_000;
/** A reader that is so far behind is let go; it comes back and goes on where it was. */
const maxUnreadBytes = 2 ** 20;

const encoder = new TextEncoder();

/** An event on the wire. */
export function eventText({ id, name, data }: JobEvent): string {
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** A stream of one last event, or of none. */
export function shortStream(event: JobEvent | undefined): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: 'bytes',
    start(controller) {
      if (event) controller.enqueue(encoder.encode(eventText(event)));
      controller.close();
    },
  });
}

interface Reader {
  write(text: string): void;
  close(): void;
}

/** The events of one job and who listens. */
class Feed {
  events: JobEvent[] = [];
  /** Whoever heard the event of this id or a later one has missed only what is kept; Infinity = there was none. */
  completeFromId = Number.POSITIVE_INFINITY;
  lastId = 0;
  readonly readers = new Set<Reader>();
  /** The last place in the queue that was told. */
  place: string | undefined;

  /** The id of the next event: by the clock, so that ids go on growing when the memory of earlier ones is gone. */
  nextId(nowMs: number): number {
    this.lastId = Math.max(this.lastId + 1, nowMs);
    this.completeFromId = Math.min(this.completeFromId, this.lastId);
    return this.lastId;
  }

  keep(event: JobEvent): void {
    // A preview is large, and only the latest is of use.
    const before =
      event.name === 'preview' ? this.events.filter(({ name }) => name !== 'preview') : this.events;
    const forgotten = [...before, event].slice(0, -kept).at(-1);
    if (forgotten) this.completeFromId = forgotten.id;
    this.events = [...before, event].slice(-kept);
  }

  /** What came behind an event; undefined = some of it is forgotten. */
  since(eventId: number | undefined): JobEvent[] | undefined {
    if (eventId === undefined || eventId < this.completeFromId || eventId > this.lastId) return undefined;
    return this.events.filter(({ id }) => id > eventId);
  }
}

/** The feeds of all jobs that have not ended. */
export class JobFeeds {
  readonly #feeds = new Map<string, Feed>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Jobs that somebody listens to. */
  heard(): string[] {
    return [...this.#feeds].filter(([, { readers }]) => readers.size > 0).map(([jobId]) => jobId);
  }

  /** Tells an event. */
  publish(jobId: string, name: string, data: unknown): void {
    const feed = this.#feed(jobId);
    const event = { id: feed.nextId(this.#nowMs()), name, data };
    feed.keep(event);
    for (const reader of feed.readers) reader.write(eventText(event));
  }

  /** Tells a place in the queue, if it is another than before. */
  publishPlace(jobId: string, place: unknown): void {
    const feed = this.#feed(jobId);
    const text = JSON.stringify(place);
    if (feed.place === text) return;
    feed.place = text;
    this.publish(jobId, 'queued', place);
  }

  /** Tells the last event and forgets the job. */
  end(jobId: string, name: string, data: unknown): void {
    this.publish(jobId, name, data);
    for (const reader of this.#feed(jobId).readers) reader.close();
    this.#feeds.delete(jobId);
  }

  /**
   * Listens to a job.
   * @param afterEventId go on behind this event; undefined, or one that is not known any more = begin with `now`
   */
  open(
    jobId: string,
    afterEventId: number | undefined,
    now: Pick<JobEvent, 'name' | 'data'>,
  ): ReadableStream<Uint8Array> {
    const feed = this.#feed(jobId);
    const missed = feed.since(afterEventId);
    const first = missed ?? [{ id: feed.nextId(Math.max(this.#nowMs(), (afterEventId ?? 0) + 1)), ...now }];
    if (!missed && now.name === 'queued') feed.place = JSON.stringify(now.data);
    let release: () => void = () => undefined;
    return new ReadableStream<Uint8Array>({
      type: 'bytes',
      start(controller) {
        const send = (text: string) => controller.enqueue(encoder.encode(text));
        const timer = setInterval(() => send(': still here\n\n'), keepAliveMs);
        const reader: Reader = {
          write(text) {
            if ((controller.desiredSize ?? 0) < -maxUnreadBytes) this.close();
            else send(text);
          },
          close() {
            release();
            controller.close();
          },
        };
        release = () => {
          clearInterval(timer);
          feed.readers.delete(reader);
        };
        feed.readers.add(reader);
        send(`: ok\n\n${first.map(eventText).join('')}`);
      },
      cancel: () => release(),
    });
  }

  #feed(jobId: string): Feed {
    const known = this.#feeds.get(jobId);
    if (known) return known;
    const feed = new Feed();
    this.#feeds.set(jobId, feed);
    return feed;
  }
}
