import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import type { PeerId } from '../../protocol/ids.ts';
import { poolIdOf } from '../../protocol/ids.ts';
import { drawHook } from '../state/test-page.ts';

test('D6: /join tells what each answer brought, and a balance shows it', async () => {
  vi.resetModules();
  const { useBalanceSeen, useWorkSeen } = await import('./window-earned.ts');
  const { EarnedSince } = await import('./earned-since.tsx');
  const { EarnedFigure } = await import('./earned-figure.tsx');
  const peer = '5'.repeat(32) as PeerId;
  const pool = poolIdOf({ repo: 'owner/tiny', revision: 'main', dtype: 'q4' });
  const nothing = { sessions: 0, tokens: 0, stepMs: 0, tokensPerSecond: [], bytesIn: 0, bytesOut: 0 };
  const draw = () => renderToStaticMarkup(createElement(EarnedSince));
  const figure = (micros: number) => renderToStaticMarkup(createElement(EarnedFigure, { label: 'Credits', micros }));
  expect(draw()).toBe('');
  const useAll = (answers: number, micros: number) => {
    useWorkSeen({ phase: 'serving', pool, peer, served: { ...nothing, answers, answerTokens: 137 * answers } });
    useBalanceSeen(peer, micros);
  };
  const page = drawHook(() => useAll(0, 10_000_000));
  expect(draw()).toContain('No answer has passed through here since');
  expect(figure(10_000_000)).toContain('10 credits');
  page.draw(() => useAll(1, 10_000_060));
  page.draw(() => useAll(3, 10_000_180));
  expect(draw()).toContain('data-answers="3" data-tokens="411" data-gain-micros="180"');
  expect(draw()).toMatch(/Helped 3 answers, 411 tokens, \+0\.00018 credits since \d\d:\d\d\./);
  expect(figure(10_000_180)).toContain('10.00018 credits');
});
