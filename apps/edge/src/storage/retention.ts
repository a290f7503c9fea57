/**
 * How long something is kept, in milliseconds: as long as was asked, and never longer than its project keeps anything;
 * null = until someone deletes it.
 */
export function retentionMsOf(
  project: { readonly retentionMs: number | null } | undefined,
  askedSeconds: number | undefined,
): number | null {
  const longestMs = project?.retentionMs ?? null;
  if (askedSeconds === undefined) return longestMs;
  return longestMs === null ? askedSeconds * 1000 : Math.min(longestMs, askedSeconds * 1000);
}
