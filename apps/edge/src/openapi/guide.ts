/** What everyone must know before the first request, in the little Markdown that the page can show. */
import { scopeMeanings } from '@darkroom/shared/contracts/scopes';

const scopeList = Object.entries(scopeMeanings)
  .map(([scope, meaning]) => `- \`${scope}\` to ${meaning}`)
  .join('\n');

export const guide: string = `
A photo and a sentence in, an edited photo out. You upload a picture, ask for an edit in your own words, and fetch the result; or you ask what a photo shows, and get outlines, things by their names, a caption; a job's state can be asked for, streamed, waited for, or told to your own server.

## Keys

Send your key with every request:

\`\`\`
Authorization: Bearer dk_live_…
\`\`\`

A key belongs on a server, never in an address, an app or a browser: requests that carry one in their address are refused. For apps, mint a client token, which is sent the same way, ends within minutes and reaches one picture. What a key may do is the list of its scopes:

${scopeList}

What belongs to another project answers exactly like what does not exist.

## Errors

Every failure is a problem document (RFC 9457, \`application/problem+json\`) with a \`code\` from the closed table below, the \`requestId\` to name to support, and \`retryable\`: whether the same request may succeed later. If so, \`Retry-After\` tells how many seconds to wait.

## Limits

Every answer to a key tells its budget of requests in \`RateLimit\` and \`RateLimit-Policy\`: how many are left and in how many seconds there will be more. A key can also have a cap on what it spends, and on how many of its jobs are under way at once.

## Repeating requests

A request that makes something can be sent again without making it twice: give it an \`Idempotency-Key\` of your own, up to 255 characters. For 24 hours the same key with the same request gets the first answer again, marked \`Idempotent-Replayed: true\`; with another request it is refused.

## Events on your server

A webhook is posted the end of every job as soon as it is known, mostly within a second, with what the job found out in short: without masks, and of very many things the first hundred. Posts follow Standard Webhooks: compute HMAC-SHA-256 over \`webhook-id.webhook-timestamp.body\` under the secret (the bytes behind \`whsec_\`, in base64) and compare it with each of the signatures \`v1,…\` in \`webhook-signature\`; refuse timestamps more than five minutes off, and use \`webhook-id\` to tell what came twice.

Answer with any 2xx status within 15 seconds. Anything else, redirects too, is a failure, and the event comes again after 5 seconds, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours. \`410 Gone\` disables the webhook. Whatever became of an event stands in the log for thirty days, and can be replayed from there.
`.trim();
