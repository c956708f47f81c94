import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FoundWallet } from './find-wallets.ts';
import { KeptPayments } from './kept-payments.ts';
import type { PayAim } from './pay-state.ts';
import { Payer } from './payer.ts';
import { fakeFetch, offerResponse, TEST_PAYER, TEST_POOL, testOffer, testPaid } from './test-paid.ts';
import { type TestProvider, testProvider } from './test-provider.ts';

const OTHER = `0x${'66'.repeat(20)}`;
const AIM: PayAim = { pool: TEST_POOL, path: '/v1/computepool/sessions', wish: { model: TEST_POOL, dollars: 1 } };

let asked: { path: string; init: RequestInit }[];
let kept: KeptPayments;
beforeEach(() => {
  const values = new Map<string, string>();
  kept = new KeptPayments(() => ({
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, text) => void values.set(key, text),
  }));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function answering(...answers: (Response | Error)[]): void {
  const fake = fakeFetch(...answers);
  asked = fake.asked;
  vi.stubGlobal('fetch', fake.call);
}
const opened = () => Response.json({ ...testPaid(), key: 'cps_mine' }, { status: 201 });
const rich = () =>
  testProvider({
    ...{ accounts: [TEST_PAYER], chainId: 31337, known: [31337] },
    answers: { eth_call: `0x${(9_000_000).toString(16)}`, eth_signTypedData_v4: '0x1234' },
  });
const found = (provider: TestProvider, name = 'Test'): FoundWallet => ({ rdns: `test.${name}`, name, provider });
const payerOver = (provider: TestProvider, aim = AIM) => new Payer(aim, { kept, find: async () => [found(provider)] });
const stepOf = (payer: Payer) => payer.state.get();
const kindOf = (payer: Payer) => {
  const state = payer.state.get();
  return state.step === 'failed' ? state.fault.kind : state.step;
};

test('a payment: an offer for this account, shown, signed once and sent; the wallet is remembered', async () => {
  const provider = rich();
  answering(offerResponse(testOffer(TEST_PAYER)), opened());
  const payer = payerOver(provider);
  await payer.start();
  expect(JSON.parse(String(asked[0]!.init.body))).toEqual({ model: TEST_POOL, dollars: 1, payer: TEST_PAYER });
  expect(stepOf(payer)).toMatchObject({ step: 'review', account: TEST_PAYER, chain: { name: 'Local chain' } });
  expect(provider.methods, 'nothing was opened').not.toContain('eth_signTypedData_v4');
  await payer.pay();
  expect(stepOf(payer)).toMatchObject({ step: 'paid', session: { id: testPaid().id } });
  expect(provider.methods.filter((method) => method === 'eth_signTypedData_v4')).toHaveLength(1);
  expect(provider.methods).not.toContain('eth_sendTransaction');
  expect(kept.sessionOf(TEST_POOL)?.key).toBe('cps_mine');
  expect(kept.wallet).toBe('test.Test');
});

test('among several wallets the one that was used last is taken, else the person chooses', async () => {
  const [one, two] = [found(rich(), 'One'), found(rich(), 'Two')];
  answering(offerResponse(testOffer(TEST_PAYER)), offerResponse(testOffer(TEST_PAYER)));
  const choosing = new Payer(AIM, { kept, find: async () => [one, two] });
  await choosing.start();
  expect(stepOf(choosing)).toEqual({ step: 'choosing', wallets: [one, two] });
  await choosing.use(two);
  expect(stepOf(choosing)).toMatchObject({ step: 'review', wallet: 'Two' });
  const again = new Payer(AIM, { kept, find: async () => [one, two] });
  await again.start();
  expect(stepOf(again)).toMatchObject({ step: 'review', wallet: 'Two' });
  const none = new Payer(AIM, { kept, find: async () => [] });
  await none.start();
  expect(kindOf(none)).toBe('no-wallet');
});

test('a no changes nothing: the same offer is signed afterwards', async () => {
  const provider = rich();
  answering(offerResponse(testOffer(TEST_PAYER)), opened());
  const payer = payerOver(provider);
  await payer.start();
  provider.failures.eth_signTypedData_v4 = { code: 4001, message: 'User rejected.' };
  await payer.pay();
  expect(kindOf(payer)).toBe('rejected');
  expect(kept.state.get().pending).toBeUndefined();
  delete provider.failures.eth_signTypedData_v4;
  await payer.again();
  await payer.pay();
  expect(kindOf(payer)).toBe('paid');
  expect(asked, 'one offer, one payment').toHaveLength(2);
});

test('an offer to another vault is not shown, let alone signed', async () => {
  const provider = rich();
  answering(offerResponse(testOffer(TEST_PAYER, { payTo: OTHER })), offerResponse(testOffer(OTHER)));
  for (let tries = 0; tries < 2; tries++) {
    const payer = payerOver(provider);
    await payer.start();
    expect(kindOf(payer)).toBe('vault-differs');
  }
  expect(provider.methods).not.toContain('eth_signTypedData_v4');
});

test('too little, another account and an offer that is over are seen before the wallet opens', async () => {
  const provider = rich();
  answering(...Array.from({ length: 3 }, () => offerResponse(testOffer(TEST_PAYER))));
  const payer = payerOver(provider);
  await payer.start();
  provider.answers.eth_call = '0x10';
  await payer.pay();
  expect(stepOf(payer)).toMatchObject({ fault: { kind: 'too-little', details: { has: '0.000016', needs: '1.05' } } });
  await payer.again();
  provider.accounts = [OTHER];
  await payer.pay();
  expect(kindOf(payer)).toBe('account-switched');
  provider.accounts = [TEST_PAYER];
  await payer.again();
  expect(kindOf(payer)).toBe('review');
  const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 5 * 60_000);
  await payer.pay();
  now.mockRestore();
  expect(kindOf(payer)).toBe('expired');
  expect(provider.methods).not.toContain('eth_signTypedData_v4');
});

test('the server’s clock counts, and not that of a device that is ten minutes off', async () => {
  const provider = rich();
  const serverSeconds = Math.floor(Date.now() / 1000) + 600;
  const date = new Date(serverSeconds * 1000).toUTCString();
  answering(offerResponse(testOffer(TEST_PAYER), { date }), opened());
  const payer = payerOver(provider);
  await payer.start();
  await payer.pay();
  const [, text] = provider.params('eth_signTypedData_v4') as [string, string];
  const { validBefore } = JSON.parse(text).message;
  expect(Number(validBefore)).toBeGreaterThanOrEqual(serverSeconds + 300);
  expect(Number(validBefore)).toBeLessThan(serverSeconds + 310);
});

test('a payment whose answer was lost is sent again and not signed again', async () => {
  const provider = rich();
  answering(offerResponse(testOffer(TEST_PAYER)), new TypeError('Failed to fetch'), opened());
  const payer = payerOver(provider);
  await payer.start();
  await payer.pay();
  expect(kindOf(payer)).toBe('server-away');
  expect(kept.state.get().pending).toBeDefined();
  await payer.again();
  expect(kindOf(payer)).toBe('paid');
  const [first, second] = asked.slice(1).map(({ init }) => init.headers);
  expect(first).toEqual(second);
  expect(provider.methods.filter((method) => method === 'eth_signTypedData_v4')).toHaveLength(1);
});

test('who has paid for a session tops it up, and no other account of the wallet', async () => {
  const { id } = testPaid();
  const aim = {
    ...AIM,
    path: `/v1/computepool/sessions/${id}/top-up`,
    wish: { dollars: 1 },
    key: 'cps_mine',
    payer: OTHER,
  };
  const provider = rich();
  answering();
  const payer = payerOver(provider, aim);
  await payer.start();
  expect(stepOf(payer)).toMatchObject({ fault: { kind: 'account-switched', details: { account: OTHER } } });
  expect(asked).toEqual([]);
});
