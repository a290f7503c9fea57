/** The little Markdown of our own documents, as HTML: headings, paragraphs, lists, fenced and inline code. */
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** A text as part of an address within the page. */
export const anchorOf = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '-');

/** Words with their `code` set as code. */
export function inline(text: string): Html[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}

function block(text: string): Html {
  if (text.startsWith('## ')) {
    const title = text.slice(3);
    return html`<h2 id="${anchorOf(title)}">${title}</h2>`;
  }
  if (text.startsWith('- ')) {
    const items = text.split('\n').map((line) => html`<li>${inline(line.slice(2))}</li>`);
    return html`<ul>${items}</ul>`;
  }
  const [, code] = /^```\n([\s\S]*)\n```$/.exec(text) ?? [];
  return code === undefined
    ? html`<p>${inline(text)}</p>`
    : html`<pre tabindex="0"><code>${code}</code></pre>`;
}

const blocksOf = (text: string) => text.split(/\n{2,}/);

/** The titles of a text's sections. */
export function headingsOf(text: string): string[] {
  return blocksOf(text).flatMap((part) => (part.startsWith('## ') ? [part.slice(3)] : []));
}

/** A whole text. */
export function prose(text: string): Html {
  return html`${blocksOf(text).map(block)}`;
}

/** Trusted text of our own that is HTML or CSS already. */
export const verbatim = raw;
