// A server whose clock is wrong: its tabs judge by that clock what it signed, and not by their own.
import { expect, test } from '@playwright/test';
import { ask, chatReady, openSite } from './support/site.ts';

const BEHIND_MS = 45 * 60_000;

/** From here on the server's process, which is this one, is behind; its tabs are not. */
function setBack(): () => void {
  const Real = Date;
  const now = (): number => Real.now() - BEHIND_MS;
  globalThis.Date = class extends Real {
    constructor(...given: [] | [number | string | Date]) {
      super(...((given.length === 0 ? [now()] : given) as [number]));
    }
    static override now = now;
  } as DateConstructor;
  return () => {
    globalThis.Date = Real;
  };
}

test('A12: tabs serve and answer with a server that is 45 minutes behind', async ({ browser }) => {
  const setRight = setBack();
  const site = await openSite(browser, { stages: 2 });
  try {
    const stages = [await site.openStage(), await site.openStage()];
    const chat = await site.openChat({ temperature: '0', max: '12' });
    await chatReady(chat, 2);
    const behindMs = (await chat.evaluate(() => Date.now())) - Date.now();
    expect(Math.abs(behindMs - BEHIND_MS)).toBeLessThan(60_000);
    expect((await ask(chat, 'What is a shard?')).text.length).toBeGreaterThan(10);
    for (const stage of stages) await expect(stage.getByTestId('shard-card')).toHaveAttribute('data-phase', 'serving');
  } finally {
    await site.close();
    setRight();
  }
});
