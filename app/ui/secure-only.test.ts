// Draws both parts to HTML; e2e/plain-http.spec.ts has a browser without a secure context.
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { InsecureCard } from './insecure-card.tsx';
import { SecureOnly } from './secure-only.tsx';

test('E1: nothing that needs a secure context is drawn before the browser was asked', () => {
  const Failing = (): never => {
    throw new Error('it started');
  };
  const html = renderToStaticMarkup(createElement(SecureOnly, null, createElement(Failing)));
  expect(html).toContain('One moment.');
});

test('E1: the card says what does not work, why, and where the page would work', () => {
  const here = new URL('http://192.168.1.7:3000/join?auto=1&q=%22%3E%3Cb%3E');
  const html = renderToStaticMarkup(createElement(InsecureCard, { here }));
  for (const text of ['neither lend nor ask', 'http://192.168.1.7:3000', 'whoever runs this server']) {
    expect(html).toContain(text);
  }
  expect(html).toContain('href="https://192.168.1.7/join?auto=1&amp;q=');
  expect(html).toContain('href="http://localhost:3000/join?auto=1&amp;q=');
  expect(html).not.toContain('<b>');
});
