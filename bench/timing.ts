/** What a call took: the wall clock, and processor time of all threads, which other programs disturb less. */
export interface Time {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Times a call and gives its value. */
export async function timed<T>(call: () => Promise<T>): Promise<Time & { readonly value: T }> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const value = await call();
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6, value };
}

/** Times each of `count` calls in a row, after one that does not count. */
export async function repeated(count: number, call: () => Promise<unknown>): Promise<Time[]> {
  await call();
  const times: Time[] = [];
  for (let i = 0; i < count; i++) times.push(await timed(call));
  return times;
}

/** The middle of each figure. */
export function median(times: readonly Time[]): Time {
  const middle = (figures: readonly number[]): number =>
    [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] as number;
  return {
    seconds: middle(times.map(({ seconds }) => seconds)),
    cpuSeconds: middle(times.map(({ cpuSeconds }) => cpuSeconds)),
  };
}
