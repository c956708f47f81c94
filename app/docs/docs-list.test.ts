import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DOCS, fileOf, linkOf, parseDoc, readDoc, slugOf } from './docs-list.ts';

describe('documents of the site', () => {
  it('are there, each with a title and something about it', () => {
    for (const name of DOCS) {
      const { title, about } = readDoc(name);
      expect(title.length, name).toBeGreaterThan(2);
      expect(about.length, name).toBeGreaterThan(20);
      expect(about, name).not.toMatch(/[`[\]]/);
    }
  });

  it('link to nothing of each other that is not there', () => {
    const anchors = new Map(
      DOCS.map((name) => [name, [...readDoc(name).markdown.matchAll(/^#+ (.+)$/gm)].map(([, text]) => slugOf(text!))]),
    );
    for (const name of DOCS) {
      for (const [, href] of readDoc(name).markdown.matchAll(/\]\(([^)\s]+)\)/g)) {
        const link = linkOf(href!);
        const [, other, hash] = /^\/docs\/([\w-]+)#(.+)$/.exec(link ?? '') ?? [];
        if (hash) expect(anchors.get(other as never), `${name}: ${href}`).toContain(hash);
        if (link && /^\/(receipts|plots)\//.test(link))
          expect(existsSync(`docs${link}`), `${name}: ${href}`).toBe(true);
      }
    }
  });

  it.each([
    ['API.md', '/docs/api'],
    ['THREAT_MODEL.md#defences', '/docs/threat-model#defences'],
    ['#here', '#here'],
    ['https://example.org/a', 'https://example.org/a'],
    ['receipts/soak.json', '/receipts/soak.json'],
    ['plots/fill.svg', '/plots/fill.svg'],
    ['../tools/train-model/README.md', undefined],
    ['PICTURES.md', undefined],
    ['receipts/../../package.json', undefined],
  ])('%s leads to %s', (href, link) => {
    expect(linkOf(href)).toBe(link);
  });

  it('have their first sentences told', () => {
    const doc = parseDoc('api', '# The API\n\nIt is *one* [thing](a.md). It is `two`. It is three.\n\n## More\n');
    expect(doc).toMatchObject({ title: 'The API', about: 'It is one thing. It is two.' });
    expect(() => parseDoc('api', 'No title.')).toThrow('API.md begins without a title');
    expect(fileOf('threat-model')).toBe('THREAT_MODEL.md');
  });

  it.each([
    ['What the server can see', 'what-the-server-can-see'],
    ['`/v1`, in short', 'v1-in-short'],
    ['A–Z & more', 'az--more'],
  ])('the anchor of %s', (heading, slug) => {
    expect(slugOf(heading)).toBe(slug);
  });
});
