import { describe, expect, test } from 'vitest';
import { edgeUnderTest } from './edge-app.ts';
import { apiDocument, documentedRoutes } from './openapi-stage.ts';

const answer = await (await edgeUnderTest()).app.request('/reference');
const page = await answer.text();
const matches = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, found = '']) => found);

describe('GET /reference', () => {
  test('gives everybody a page that may be kept and asked for by its tag', async () => {
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
    const { app } = await edgeUnderTest();
    const headers = { 'if-none-match': answer.headers.get('etag') ?? '' };
    expect((await app.request('/reference', { headers })).status).toBe(304);
  });

  test('needs nothing but itself: no script, no file, no other address', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\son\w+=|\ssrc=/i);
    for (const target of matches(/href="([^"]*)"/g)) expect(target).toMatch(/^(?:#|\/openapi\.json$)/);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test.each(documentedRoutes)('shows $operation.operationId', ({ method, path, operation }) => {
    const begin = page.indexOf(
      `<h3 id="${operation.operationId}">${operation.summary.replace('&', '&amp;')}`,
    );
    const section = page.slice(begin, page.indexOf('</section>', begin));
    expect(begin).toBeGreaterThan(0);
    for (const text of [method, path, 'Answers', 'curl']) expect(section).toContain(text);
    const scope = operation.security[0]?.['key']?.[0];
    if (scope) expect(section).toContain(`<code>${scope}</code>`);
  });

  test.each([
    ['createEdit', 'prompt=make it a snowy night'],
    ['createDetection', 'queries=dog'],
    ['createDetection', 'queries=red car'],
    ['createSegmentation', 'points=[{&quot;x&quot;:350,&quot;y&quot;:450},'],
  ])('shows how a photo is sent with %s and its %s', (id, field) => {
    const begin = page.indexOf(`<h3 id="${id}">`);
    const section = page.slice(begin, page.indexOf('</section>', begin));
    expect(section).toContain('-F image=@photo.jpg');
    expect(section).toContain(`-F &#39;${field}`);
    expect(section).not.toContain('--json');
  });

  test('shows of a list of fixed length how long it is', () => {
    const begin = page.indexOf('<h3 id="SegmentRequest">');
    expect(page.slice(begin, page.indexOf('</section>', begin))).toContain(
      'list of 4 times number, 0 to 65,535',
    );
  });

  test('shows every field of every schema with its sentence', () => {
    for (const [name, { properties = {} }] of Object.entries(apiDocument.components.schemas)) {
      const begin = page.indexOf(`<h3 id="${name}">`);
      const section = page.slice(begin, page.indexOf('</section>', begin));
      expect(begin, name).toBeGreaterThan(0);
      for (const field of Object.keys(properties)) expect(section).toContain(`>${field}</code>`);
    }
  });

  test('leads nowhere that is not there, and has no name twice', () => {
    const ids = matches(/\sid="([^"]*)"/g);
    expect(new Set(ids).size).toBe(ids.length);
    for (const target of matches(/href="#([^"]*)"/g)) expect(ids).toContain(target);
  });

  test('can be walked by its headings and by keyboard', () => {
    expect(page).toMatch(/^<!doctype html>\s*<html lang="en">/);
    expect(matches(/<(h1)[ >]/g)).toHaveLength(1);
    const levels = matches(/<h([1-4])[ >]/g).map(Number);
    for (const [index, level] of levels.entries())
      expect(level - (levels[index - 1] ?? 0), `heading ${index}`).toBeLessThanOrEqual(1);
    expect(page).toContain('<a class="skip" href="#top">');
    expect(page).toContain('<nav aria-label="Contents">');
    // What scrolls can be reached without a mouse.
    expect(matches(/(<pre(?![^>]*tabindex)[^>]*>)/g)).toEqual([]);
  });
});
