import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type PageWallet, WalletBridge } from './wallet-bridge.ts';
import type { ToChat, WalletAsked } from './words.ts';

const OWNER = `0x${'33'.repeat(20)}`;
const TRANSFER = JSON.stringify({ primaryType: 'TransferWithAuthorization', domain: {}, message: {} });

let window: EventTarget;
beforeEach(() => {
  window = new EventTarget();
  for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent'] as const)
    vi.stubGlobal(name, window[name].bind(window));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A wallet in the page that announces itself, and what it was asked. */
function announce(rdns: string, request: PageWallet['request']) {
  const asked: string[] = [];
  const provider = {
    request: (call: { method: string }) => {
      asked.push(call.method);
      return request(call);
    },
  };
  const detail = { info: { rdns, name: rdns, uuid: '1', icon: 'data:image/png;base64,' }, provider };
  window.addEventListener('eip6963:requestProvider', () =>
    window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail })),
  );
  return asked;
}

function open() {
  const bridge = new WalletBridge();
  const said: ToChat[] = [];
  let id = 0;
  const ask = async (method: string, params: readonly unknown[] = [], rdns = 'one'): Promise<ToChat> => {
    const asked: WalletAsked = { type: 'wallet-asked', id: ++id, rdns, method, params };
    await bridge.answer(asked, (message) => said.push(message));
    return said.at(-1)!;
  };
  return { bridge, ask, said };
}
const errorOf = (message: ToChat) => (message as { error?: { code: number; message: string } }).error;

test('wallets are looked for when the chat asks, and the one that was chosen is asked', async () => {
  const [one, other] = [announce('one', async () => [OWNER]), announce('other', async () => [])];
  const { ask } = open();
  expect(await ask('wallets')).toMatchObject({
    ...{ type: 'wallet-answered', id: 1 },
    result: [{ rdns: 'one', name: 'one', icon: 'data:image/png;base64,' }, { rdns: 'other' }],
  });
  expect(await ask('eth_requestAccounts')).toEqual({ type: 'wallet-answered', id: 2, result: [OWNER] });
  expect([one, other]).toEqual([['eth_requestAccounts'], []]);
});

test('the page’s own wallet is the one, where it has said so', async () => {
  const announced = announce('one', async () => []);
  const { bridge, ask } = open();
  bridge.own = { request: async () => [OWNER] };
  expect(await ask('wallets')).toMatchObject({ result: [{ rdns: 'page', name: '' }] });
  expect(await ask('eth_accounts', [], 'page')).toMatchObject({ result: [OWNER] });
  expect(announced).toEqual([]);
});

test.each([
  ['eth_sendTransaction', [{ to: OWNER, value: '0x1' }]],
  ['personal_sign', ['0x12', OWNER]],
  ['eth_sign', [OWNER, '0x12']],
  ['wallet_requestPermissions', []],
  ['eth_signTypedData_v4', [OWNER, JSON.stringify({ primaryType: 'Permit' })]],
  ['eth_signTypedData_v4', [OWNER, 'no JSON']],
  ['eth_call', [{ to: OWNER, data: '0x095ea7b3' }, 'latest']],
  ['eth_call', []],
] as const)('%s %j is asked of no wallet', async (method, params) => {
  const asked = announce('one', async () => 'yes');
  const { ask } = open();
  await ask('wallets');
  expect(errorOf(await ask(method, params))).toMatchObject({ code: 4200 });
  expect(asked).toEqual([]);
});

test('what a payment needs is asked as it is', async () => {
  const asked = announce('one', async ({ method }) => method);
  const { ask } = open();
  await ask('wallets');
  const calls = [
    ['eth_accounts', []],
    ['eth_chainId', []],
    ['wallet_switchEthereumChain', [{ chainId: '0x1' }]],
    ['wallet_addEthereumChain', [{}]],
    ['eth_call', [{ to: OWNER, data: `0x70a08231${'00'.repeat(32)}` }, 'latest']],
    ['eth_signTypedData_v4', [OWNER, TRANSFER]],
  ] as const;
  for (const [method, params] of calls) expect(await ask(method, params)).toMatchObject({ result: method });
  expect(asked).toEqual(calls.map(([method]) => method));
});

test('a no keeps its code, also one within another; a wallet that is not there is none', async () => {
  const failures: unknown[] = [
    { code: 4001, message: 'User rejected the request.' },
    { code: -32603, message: 'Internal', data: { originalError: { code: 4902 } } },
    'oops',
  ];
  announce('one', async () => {
    throw failures.shift();
  });
  const { ask } = open();
  expect(errorOf(await ask('eth_accounts'))).toMatchObject({ code: 4900 });
  await ask('wallets');
  expect(errorOf(await ask('eth_accounts'))).toEqual({ code: 4001, message: 'User rejected the request.' });
  expect(errorOf(await ask('wallet_switchEthereumChain'))).toMatchObject({ code: 4902 });
  expect(errorOf(await ask('eth_accounts'))).toMatchObject({ code: -32603 });
});

test('a wallet that never answers holds four questions, and for five minutes', async () => {
  announce('one', () => new Promise(() => {}));
  const { ask, said } = open();
  await ask('wallets');
  vi.useFakeTimers();
  said.length = 0;
  const waiting = [1, 2, 3, 4].map(() => ask('eth_accounts'));
  expect(errorOf(await ask('eth_accounts'))).toMatchObject({ code: -32005 });
  await vi.advanceTimersByTimeAsync(300_000);
  await Promise.all(waiting);
  expect(said.map(errorOf).map((error) => error?.code)).toEqual([-32005, -32000, -32000, -32000, -32000]);
});

test('what cannot be sent to the frame is an error and no silence', async () => {
  announce('one', async () => [OWNER]);
  const bridge = new WalletBridge();
  const said: ToChat[] = [];
  await bridge.answer({ type: 'wallet-asked', id: 1, method: 'wallets' }, () => {});
  await bridge.answer({ type: 'wallet-asked', id: 2, rdns: 'one', method: 'eth_accounts' }, (message) => {
    if ('result' in message) throw new Error('could not be cloned');
    said.push(message);
  });
  expect(said).toMatchObject([{ id: 2, error: { code: -32603, message: 'could not be cloned' } }]);
});
