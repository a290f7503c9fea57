/** The document as a page: whole, without a script, readable offline. */
import { html } from 'hono/html';
import type { OpenApiDocument } from './open-api.ts';
import { eventSection, operationSection, type Route } from './page-operation.ts';
import { anchorOf, type Html, headingsOf, prose, verbatim } from './page-prose.ts';
import { schemaSection } from './page-schema.ts';
import { style } from './page-style.ts';

type Link = readonly [anchor: string, text: string];

/** Operations by their tag, in the document's order. */
function routesByTag({ paths }: OpenApiDocument): ReadonlyMap<string, Route[]> {
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Route => ({ method, path, operation })),
  );
  return Map.groupBy(routes, ({ operation }) => operation.tags[0] ?? '');
}

const linkList = (title: string, links: readonly Link[]) =>
  html`<p>${title}</p><ul>${links.map(([anchor, text]) => html`<li><a href="#${anchor}">${text}</a></li>`)}</ul>`;

const operationLinks = (routes: readonly Route[]): Link[] =>
  routes.map(({ operation: { operationId, summary } }) => [operationId, summary]);

function navigation(document: OpenApiDocument): Html {
  const routes = routesByTag(document);
  const events = Object.values(document.webhooks).map(({ post }): Link => [post.operationId, post.summary]);
  const guide = headingsOf(document.info.description).map((title): Link => [anchorOf(title), title]);
  return html`<nav aria-label="Contents"><a class="brand" href="#top">${document.info.title}</a>
${linkList('Guide', guide)}
${document.tags.map(({ name }) => linkList(name, operationLinks(routes.get(name) ?? [])))}
${linkList('Events', events)}
${linkList('More', [
  ['errors-by-code', 'Errors by code'],
  ['schemas', 'Schemas'],
])}</nav>`;
}

function errorTable(errors: OpenApiDocument['x-errors']): Html {
  const rows = Object.entries(errors).map(
    ([code, { status, retryable, title }]) =>
      html`<tr id="error-${code}"><td><code>${code}</code></td><td>${status}</td><td>${title}.</td><td>${retryable ? 'yes' : 'no'}</td></tr>`,
  );
  return html`<h2 id="errors-by-code">Errors by code</h2>
<table><thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Meaning</th><th scope="col">Retry</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function body(document: OpenApiDocument): Html {
  const routes = routesByTag(document);
  const groups = document.tags.map(
    ({
      name,
      description,
    }) => html`<h2 id="tag-${anchorOf(name)}">${name}</h2><p class="lead">${description}</p>
${(routes.get(name) ?? []).map(operationSection)}`,
  );
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) =>
    schemaSection(name, schema),
  );
  return html`<main id="top"><h1>${document.info.title}</h1>
<p class="lead">Version ${document.info.version} · <a href="/openapi.json">OpenAPI 3.1</a></p>
<div class="intro">${prose(document.info.description)}</div>
${groups}
<h2 id="events">Events</h2><p class="lead">What your webhooks are posted.</p>
${Object.values(document.webhooks).map(({ post }) => eventSection(post))}
${errorTable(document['x-errors'])}
<h2 id="schemas">Schemas</h2>${schemas}</main>`;
}

/** The page of a document. */
export async function referencePage(document: OpenApiDocument): Promise<string> {
  const page = await html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${document.info.title} · Reference</title><style>${verbatim(style)}</style></head>
<body><a class="skip" href="#top">Skip to the content</a><div class="page">${navigation(document)}${body(document)}</div></body></html>`;
  return page.toString();
}
