import type { Context } from 'hono';

/** The first 64 bits of an IPv6 address: what one customer of a network has, and can change the rest of at will. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter(Boolean);
  const after = tail?.split(':').filter(Boolean) ?? [];
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - after.length) }, () => '0');
  const all = tail === undefined ? groups : [...groups, ...zeros, ...after];
  const first = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${first.join(':')}::/64`;
}

/**
 * Whose failures are counted together: an IPv4 address, or an IPv6 network.
 *
 * The header is Cloudflare's, which overwrites what a client sends; without it, as on a developer's machine, all are one.
 */
export function clientAddress(c: Context): string {
  const address = c.req.header('cf-connecting-ip')?.trim().toLowerCase();
  if (!address) return 'unknown';
  return address.includes(':') && !address.includes('.') ? networkOf(address) : address;
}
