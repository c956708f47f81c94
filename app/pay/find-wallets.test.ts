import { expect, test } from 'vitest';
import { findWallets } from './find-wallets.ts';

const provider = { request: async () => null };

/** Announces these whenever it is asked, as extensions do. */
function browserWith(...details: unknown[]): EventTarget {
  const target = new EventTarget();
  target.addEventListener('eip6963:requestProvider', () => {
    for (const detail of details) target.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }));
  });
  return target;
}
const info = (rdns: string, name: string, icon = '') => ({ uuid: '1', rdns, name, icon });

test('wallets are found that announce themselves, each once', async () => {
  const metamask = { info: info('io.metamask', 'MetaMask', 'data:image/svg+xml,x'), provider };
  const found = await findWallets(browserWith(metamask, { info: info('io.rabby', 'Rabby'), provider }, metamask), 1);
  expect(found.map(({ rdns, name, icon }) => [rdns, name, icon])).toEqual([
    ['io.metamask', 'MetaMask', 'data:image/svg+xml,x'],
    ['io.rabby', 'Rabby', undefined],
  ]);
});

test('what is no wallet, or shows a picture of another site, is not believed', async () => {
  const target = browserWith(
    ...[
      undefined,
      {},
      { info: info('a', 'A') },
      { info: { rdns: 1 }, provider },
      { info: info('b', 'B'), provider: {} },
    ],
    { info: info('c', 'C', 'https://elsewhere/spy.png'), provider },
  );
  const found = await findWallets(target, 1);
  expect(found).toEqual([{ rdns: 'c', name: 'C', icon: undefined, provider }]);
});

test('nobody is heard any more afterwards', async () => {
  const target = browserWith();
  const found = await findWallets(target, 1);
  target.dispatchEvent(
    new CustomEvent('eip6963:announceProvider', { detail: { info: info('late', 'Late'), provider } }),
  );
  expect(found).toEqual([]);
});
