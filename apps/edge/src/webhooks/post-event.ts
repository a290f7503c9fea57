/** One post to a webhook's address, and what its answer means. */

/** What is posted, and where to. */
export interface EventPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface PostOutcome {
  /** HTTP status of the answer; null = there was none. */
  readonly status: number | null;
  /** Why it failed; null = it was taken. */
  readonly error: string | null;
}

export interface PostDeps {
  readonly fetch: typeof fetch;
  /** How long an answer may take. */
  readonly timeoutMs: number;
}

/** What is kept of an answer that refuses. */
const maxAnswerBytes = 1024;

/** The beginning of a body as text; the rest is never read. */
async function beginningOf(body: ReadableStream<Uint8Array> | null): Promise<string> {
  if (!body) return '';
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = '';
  for (let left = maxAnswerBytes; left > 0; ) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value.subarray(0, left), { stream: true });
    left -= value.length;
  }
  await reader.cancel();
  // Control characters could forge lines where the log is shown.
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

async function outcomeOf(answer: Response): Promise<PostOutcome> {
  const { status } = answer;
  if (answer.ok) {
    await answer.body?.cancel();
    return { status, error: null };
  }
  // An answer that refuses has refused, whether or not its words arrive.
  const text = await beginningOf(answer.body).catch(() => '');
  return { status, error: `expected a 2xx answer, got ${status}${text && `: ${text}`}` };
}

/** Posts an event. Redirects are failures: what is signed for one address is not for another. */
export async function postEvent(
  { url, headers, body }: EventPost,
  { fetch, timeoutMs }: PostDeps,
): Promise<PostOutcome> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await outcomeOf(
      await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'darkroom-webhooks/1' },
        body,
        redirect: 'manual',
        signal,
      }),
    );
  } catch {
    // What the platform says of it may name addresses behind the host's name, which the log must not show.
    const error = signal.aborted ? `no answer within ${timeoutMs} ms` : 'the address could not be reached';
    return { status: null, error };
  }
}
