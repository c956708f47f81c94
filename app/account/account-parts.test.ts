// Draws real parts of the account page to HTML.
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { AccountJob } from '../../protocol/http/usage.ts';
import { ErrorCard } from '../ui/error-card.tsx';
import { PredictionChart } from '../ui/prediction-chart.tsx';
import { BalanceCard } from './balance-card.tsx';
import { JobList } from './job-list.tsx';
import { KeyRow } from './key-row.tsx';
import { LoginRow } from './login-row.tsx';

test('a balance gives both parts in figures and widths', () => {
  const html = renderToStaticMarkup(createElement(BalanceCard, { availableMicros: 7_500_000, heldMicros: 2_500_000 }));
  expect(html).toContain('data-available-micros="7500000" data-held-micros="2500000"');
  for (const text of ['7.5', '2.5', 'width:75%', 'width:25%']) expect(html).toContain(text);
});

test('an empty balance says how to earn', () => {
  expect(renderToStaticMarkup(createElement(BalanceCard, { availableMicros: 0, heldMicros: 0 }))).toContain(
    'Lend a GPU',
  );
});

test('a key is told by its first characters, and its label is text', () => {
  const apiKey = { id: '1', label: '<b>lab</b>', prefix: 'cp-abcdef', createdAt: new Date(0), lastUsedAt: null };
  const html = renderToStaticMarkup(createElement(KeyRow, { apiKey, busy: false, onRevoke() {} }));
  expect(html).not.toContain('<b>lab');
  for (const text of ['cp-abcdef…', 'never used', 'Revoke']) expect(html).toContain(text);
});

test('a login can be ended, but for the one that looks', () => {
  const login = { id: '1', device: 'Firefox on Linux', createdAt: new Date(0), lastSeenAt: new Date(0), isThis: false };
  const draw = (isThis: boolean) =>
    renderToStaticMarkup(
      createElement(LoginRow, { login: { ...login, isThis }, keysToo: false, busy: false, onEnd() {} }),
    );
  for (const text of ['Firefox on Linux', 'End<span class="sr-only"> the login of Firefox on Linux</span>'])
    expect(draw(false)).toContain(text);
  expect(draw(true)).toContain('this browser');
  expect(draw(true)).not.toContain('<button');
});

test('a chart says in words what its dots say', () => {
  const pairs = [
    { predicted: 40, actual: 50 },
    { predicted: 0, actual: 9 },
  ];
  const html = renderToStaticMarkup(createElement(PredictionChart, { pairs }));
  expect(html.match(/<circle/g)).toHaveLength(1);
  expect(html).toContain('of 1 answer. Median error 20 %.');
});

test('requests are a table, and where that has no room a list with the price of each', () => {
  const job = {
    ...({ id: '1', pool: 'a/model@main:q4', state: 'done', mode: 'lan', predicted: null, outcome: null } as const),
    ...{ usage: { promptTokens: 12, cachedTokens: 0, completionTokens: 3 }, chargedMicros: 1_250_000 },
    createdAt: new Date(0),
  } as unknown as AccountJob;
  const html = renderToStaticMarkup(createElement(JobList, { jobs: [job] }));
  const card = html.slice(html.indexOf('data-testid="job-card"'));
  for (const text of ['1.25', 'credits', '12 + 3', 'predicted', 'measured', 'first token'])
    expect(card).toContain(text);
});

test('without requests it says who pays for a chat, and what to do about it', () => {
  const html = renderToStaticMarkup(createElement(JobList, { jobs: [] }));
  expect(html).toContain('claim this browser');
  expect(html).not.toContain('Ask in the chat');
});

test('a failure is told in sentences: its code is for programs', () => {
  const error = { code: 'login-again', message: 'This password is wrong.', next: 'Write it once more.' };
  const html = renderToStaticMarkup(createElement(ErrorCard, { error }));
  expect(html).toContain('data-code="login-again"');
  expect(html.replaceAll(/<[^>]*>/g, ' ')).not.toContain('login-again');
});
