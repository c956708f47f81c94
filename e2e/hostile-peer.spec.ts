// A stranger with a proved link sends random bytes and frames that make no sense: each is refused with a typed error, and
// the conversation of somebody else goes on.
import { expect, test } from '@playwright/test';
import { serveHarness } from './support/serve-harness.ts';
import { ask, chatReady, openSite } from './support/site.ts';

test('random bytes, unknown sessions and epochs, gaps and nonsense over a real data channel', async ({ browser }) => {
  const harness = await serveHarness({ worker: 'e2e/support/hostile-peer.ts', modelsDir: 'public/models' });
  // The stranger's page is another site's: whoever runs the server has let it in.
  const site = await openSite(browser, { stages: 2, corsOrigins: [new URL(harness.url).origin] });
  try {
    for (let index = 0; index < 2; index++) await site.openStage();
    const chat = await site.openChat({ temperature: '0', max: '16' });
    await chatReady(chat, 2);
    const before = await ask(chat, 'What is a shard?');

    const hostile = await (await browser.newContext()).newPage();
    await hostile.goto(harness.url);
    await hostile.addScriptTag({ url: '/worker.js', type: 'module' });
    await hostile.waitForFunction(() => 'attack' in window);
    const model = { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' as const };
    const codes = await hostile.evaluate(([origin, ref]) => window.attack(origin, ref), [site.url, model] as const);
    expect(codes).toEqual({
      'unknown session': 'bad-frame',
      'unknown epoch': 'epoch-stale',
      'a gap in the positions': 'bad-frame',
      'a hidden state at the entry': 'bad-frame',
      'no loop': 'bad-frame',
      'another driver': 'grant-refused',
      'a session that is no JSON': 'bad-frame',
    });

    await chat.getByRole('button', { name: /new chat/i }).click();
    expect((await ask(chat, 'What is a shard?')).tokenIds).toEqual(before.tokenIds);
    await hostile.context().close();
  } finally {
    await site.close();
    await harness.close();
  }
});
