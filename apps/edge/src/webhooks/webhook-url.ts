/** Which addresses may be posted to: those that anyone on the internet could reach by their name. */
import { AppError } from '@darkroom/shared/errors';

/** Ends of names that never belong to a public host: RFC 6761, RFC 8375, RFC 9476, and what networks call their own. */
const privateEnds = [
  'localhost',
  'local',
  'localdomain',
  'internal',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
  'arpa',
  'test',
  'example',
  'invalid',
  'onion',
  'alt',
];

/** What is wrong with a host, as it stands after the URL parser resolved its spellings; undefined = nothing. */
function hostIssue(host: string, ownHost: string): string | undefined {
  // The parser turns every spelling of an IPv4 address, such as 0x7f.1, into four decimal numbers.
  if (host.startsWith('[') || /^[\d.]+$/.test(host)) return 'a name, got an IP address';
  if (host.endsWith('.')) return 'a name without a dot at its end';
  const labels = host.split('.');
  if (labels.length < 2 || privateEnds.includes(labels.at(-1) ?? '')) return 'a public name';
  return host === ownHost || host.endsWith(`.${ownHost}`) ? 'an address that is not this service' : undefined;
}

function urlIssue(url: URL, ownHost: string): string | undefined {
  if (url.protocol !== 'https:') return 'https';
  if (url.username !== '' || url.password !== '') return 'no user name or password';
  if (url.port !== '') return `the usual port, got ${url.port}`;
  if (url.hash !== '') return 'no fragment';
  return hostIssue(url.hostname, ownHost);
}

/**
 * The address in its one spelling. That its name leads to a public host is seen to at each post, by the platform's
 * flag `global_fetch_strictly_public`, as a name can lead elsewhere later.
 *
 * @param ownHost name under which this service is asked, to which no event may go
 * @throws AppError `invalid_request` when it may not be posted to
 */
export function publicWebhookUrl(text: string, ownHost: string): string {
  const url = URL.parse(text);
  const issue = url ? urlIssue(url, ownHost) : 'an address';
  if (url && issue === undefined) return url.href;
  throw new AppError('invalid_request', { message: `url: expected ${issue}`, details: { field: 'url' } });
}
