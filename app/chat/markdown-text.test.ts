// Draws texts of models to HTML: they are hostile input, and most of them use more than the plainest Markdown.
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { MarkdownText } from './markdown-text.tsx';
import { loadPart } from './rich-parts.ts';

const draw = (text: string): string => renderToStaticMarkup(createElement(MarkdownText, { text }));

describe('E8: without what is fetched apart', () => {
  let plain = draw;
  beforeAll(async () => {
    vi.resetModules();
    const fresh = await import('./markdown-text.tsx');
    plain = (text) => renderToStaticMarkup(createElement(fresh.MarkdownText, { text }));
  });

  test('tables, strikethrough, tasks and lines as they are written', () => {
    const table = plain('| a | b |\n| - | -: |\n| 1 | 2 |');
    expect(table).toContain('<figure dir="ltr" class="table-box" aria-label="Table"><table>');
    expect(table).toContain('<td dir="auto" style="text-align:right">2</td>');
    expect(plain('~~no~~ and ~5 or ~6')).toContain('<del>no</del> and ~5 or ~6');
    expect(plain('- [x] a\n- [ ] b').match(/aria-label="(Done|To do)"/g)).toEqual([
      'aria-label="Done"',
      'aria-label="To do"',
    ]);
    expect(plain('one\ntwo')).toMatch(/one<br\/?>\s*two/);
  });

  test('a block of code has its language, a button that copies it and tells so, and no colours yet', () => {
    const html = plain('```js\nlet a = 1;\n```');
    expect(html).toContain('data-testid="code-block" data-language="js"');
    expect(html).toContain('Copy<span class="sr-only"> the code</span>');
    expect(html).toContain('role="status"');
    expect(html).toContain('<pre dir="ltr"><code class="language-js">let a = 1;\n</code></pre>');
    expect(plain('```\nx\n```')).toContain('>Code</span>');
  });

  test('a formula is shown as it was written', () => {
    expect(plain('so \\(a_1*b*\\)')).toContain('so \\(a_1*b*\\)');
  });
});

describe('E8: with it', () => {
  beforeAll(async () => {
    await Promise.all([loadPart('math'), loadPart('code')]);
  });

  test('code is coloured in the languages that are known, and stays text in others', () => {
    expect(draw('```js\nlet a = 1;\n```')).toContain('<span class="hljs-keyword">let</span>');
    expect(draw('```Python\ndef f(): pass\n```')).toContain('<span class="hljs-keyword">def</span>');
    expect(draw('```nosuch\n<b>x</b>\n```')).toContain('&lt;b&gt;x&lt;/b&gt;');
  });

  test.each([
    ['\\(x^2\\)', false],
    ['$x^2$', false],
    ['\\[x^2 + 1\\]', true],
    ['$$x^2$$', true],
    ['```math\nx^2\n```', true],
  ])('%j is set', (text, isDisplay) => {
    const html = draw(text);
    expect(html).toContain('<math');
    expect(html.includes('katex-display')).toBe(isDisplay);
    expect(html).toContain('dir="ltr"');
  });

  test('prices are no formulas', () => {
    expect(draw('It costs $5 and $10.')).toBe('<p dir="auto">It costs $5 and $10.</p>');
  });

  test('TeX of a model fetches nothing, links nowhere, and ends', () => {
    const html = draw(
      [
        '\\(\\href{https://a.example}{x}\\)',
        '\\(\\includegraphics{https://tracker.example/x.png}\\)',
        '\\(\\htmlStyle{position:fixed}{x}\\)',
        '\\(\\def\\a{\\a\\a}\\a\\)',
        '\\(\\rule{9999em}{1em}\\)',
      ].join('\n\n'),
    );
    // In attributes: a reader for screen readers has the TeX as it was written.
    expect(html).not.toMatch(/<img|<[^>]*(?: href=| src=|position:fixed|9999em)/);
    expect(html).toContain('50em');
  });

  test('a formula with a mistake is shown as it is written', () => {
    const html = draw('\\(\\frac{1}\\)');
    expect(html).toContain('katex-error');
    expect(html).toContain('\\frac{1}');
  });

  test('raw HTML stays text, an image is a link, and a script address is dropped', () => {
    const html = draw('<img src=x onerror=alert(1)>\n\n![map](https://a.example/x.png) [go](javascript:alert%281%29)');
    expect(html).not.toMatch(/<img|javascript:/);
    expect(html).toContain('href="https://a.example/x.png" target="_blank" rel="noopener noreferrer nofollow"');
  });

  test('footnotes of two answers on one page are not mixed up', () => {
    const text = 'a[^1]\n\n[^1]: note';
    const html = renderToStaticMarkup(
      createElement('div', {}, createElement(MarkdownText, { text }), createElement(MarkdownText, { text })),
    );
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]).filter((id) => id !== 'footnote-label');
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(4);
    for (const [, to] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(to);
  });

  test('a fence that is being written is not drawn as text', () => {
    for (const text of ['Run\n`', 'Run\n``', 'Run\n```', 'Run\n```py']) {
      expect(draw(text)).toBe('<p dir="auto">Run</p>');
    }
    expect(draw('Run\n```py\nx = 1\n``')).toContain('x = <span class="hljs-number">1</span>\n</code>');
  });
});
