// Server-sent events, read from the body of an answer.

/** One event. */
export interface ServerSentEvent {
  /** What to send as Last-Event-ID to go on behind it. */
  readonly id: string | undefined;
  readonly name: string;
  readonly text: string;
}

/** Events in their order; comments, which keep the connection open, are left out. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let unread = '';
  for await (const chunk of body) {
    const blocks = (unread + decoder.decode(chunk, { stream: true })).split(/\r?\n\r?\n/);
    unread = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event) yield event;
    }
  }
}

function parseEvent(block: string): ServerSentEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split(/\r?\n/)) {
    const [, name = '', value = ''] = /^([^:]+):? ?(.*)$/.exec(line) ?? [];
    const before = name === 'data' ? fields.get(name) : undefined;
    fields.set(name, before === undefined ? value : `${before}\n${value}`);
  }
  const text = fields.get('data');
  return text === undefined
    ? undefined
    : { id: fields.get('id'), name: fields.get('event') ?? 'message', text };
}
