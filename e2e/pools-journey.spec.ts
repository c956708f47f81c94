// What the maker of a pool does with it: makes it from a model's own graph, sees it serve, unloads and loads it, and keeps
// strangers out.
import { readFile, stat } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { poolIdOf } from '../protocol/ids.ts';
import { register } from './support/register.ts';
import { openSite } from './support/site.ts';

const MODEL = { repo: 'computepool/guide-4m-draft', revision: 'main', dtype: 'q4' } as const;
const FILES = `public/models/${MODEL.repo}`;
const POOL = poolIdOf(MODEL);
const JOIN = { model: MODEL.repo, dtype: MODEL.dtype };

const phaseOf = (stage: Page, phase: string | RegExp) =>
  expect(stage.getByTestId('shard-card')).toHaveAttribute('data-phase', phase);

test('a pool is made, serves, is unloaded and loaded, and takes only listed tabs', async ({ browser }) => {
  const site = await openSite(browser);
  try {
    const owner = await site.openStage({ auto: '0' });
    await register(owner, site.url, 'maker');
    await owner.goto(`${site.url}/pools`);
    await owner.getByRole('radio', { name: /Guide 4M draft/ }).check();
    await owner.getByRole('button', { name: 'Make the pool' }).click();
    const page = owner.getByTestId('pool-page');
    const stateIs = (state: string | RegExp) => expect(page).toHaveAttribute('data-state', state);
    await stateIs('empty');

    const made = await (await fetch(`${site.url}/api/pools/${encodeURIComponent(POOL)}`)).json();
    const { num_hidden_layers: layers } = JSON.parse(await readFile(`${FILES}/config.json`, 'utf8'));
    const { size } = await stat(`${FILES}/onnx/model_q4.onnx_data`);
    expect(made.details.layerBytes).toHaveLength(layers);
    const layerBytes = made.details.layerBytes.reduce((sum: number, bytes: number) => sum + bytes, 0);
    const { embeddingBytes, headBytes, tiedBytes } = made.details;
    const weights = layerBytes + embeddingBytes + headBytes - tiedBytes;
    // All but a few tables that every tab has.
    expect(weights).toBeGreaterThan(size * 0.9);
    expect(weights).toBeLessThanOrEqual(size);
    await expect(page).toContainText(`Layers${layers}`);
    await expect(page).toContainText(`${Math.round(layerBytes / 1000)} kB`);

    const tab = await site.openStage(JOIN);
    await phaseOf(tab, 'serving');
    await stateIs('ready');
    await expect(page).toContainText(`1–${layers}`);
    const coalitions = () => site.server.snapshot().coalitions.filter(({ pool }) => pool === POOL);
    expect(coalitions()).toHaveLength(1);

    await owner.getByRole('button', { name: 'Unload' }).click();
    await phaseOf(tab, 'waiting');
    await stateIs(/empty|waiting/);
    expect(coalitions()).toEqual([]);
    await owner.getByRole('button', { name: 'Load', exact: true }).click();
    await phaseOf(tab, 'serving');
    await stateIs('ready');

    const peer = (await tab.getByTestId('shard-card').getAttribute('data-peer'))!;
    await owner.getByLabel('Any tab may lend to it').uncheck();
    await owner.getByLabel('Id of a tab').fill(peer);
    await owner.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(page.getByRole('button', { name: `Remove tab ${peer.slice(0, 8)}` })).toBeVisible();
    const stranger = await site.openStage(JOIN);
    const refusal = stranger.getByTestId('error-card');
    await expect(refusal).toHaveAttribute('data-code', 'forbidden');
    await expect(refusal).toContainText('only the tabs that its maker has listed');
    await expect(refusal).toContainText('Give the pool’s maker the id of this tab');
    await expect(refusal.getByRole('button', { name: 'Try again' })).toBeVisible();
    if ((await tab.getByTestId('shard-card').getAttribute('data-phase')) === 'failed') {
      await tab.getByRole('button', { name: 'Try again' }).click();
    }
    await phaseOf(tab, 'serving');
  } finally {
    await site.close();
  }
});
