/** The first wait before dialling again. */
const firstMs = 200;
/** Well under the 20 s that a lease lasts, so that a short outage costs none. */
const longestMs = 5_000;

/**
 * How long to wait before dialling the pool again: doubling, and between half and all of it by chance, so that a fleet
 * whose sockets dropped together does not come back together.
 * @param failures attempts that failed since the last welcome, from 0
 * @param random in [0, 1)
 */
export function reconnectDelayMs(failures: number, random: number): number {
  const ceiling = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 30));
  return Math.round(ceiling * (0.5 + random / 2));
}
