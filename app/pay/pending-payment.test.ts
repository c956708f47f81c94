import { afterEach, expect, test, vi } from 'vitest';
import { KeptPayments } from './kept-payments.ts';
import { aloneAmongTabs, settlePending } from './pending-payment.ts';
import { failureResponse, fakeFetch, testPaid, testPending } from './test-paid.ts';

afterEach(() => vi.unstubAllGlobals());

function keptWith(pending = testPending()): KeptPayments {
  const values = new Map<string, string>();
  const storage = {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, text: string) => void values.set(key, text),
  };
  const kept = new KeptPayments(() => storage);
  kept.setPending(pending);
  return kept;
}
const answering = (...answers: (Response | Error)[]) => {
  const { call, asked } = fakeFetch(...answers);
  vi.stubGlobal('fetch', call);
  return asked;
};
const opened = () => Response.json({ ...testPaid(), key: 'cps_mine' }, { status: 201 });

test('what was signed is sent as it was, and its key is kept', async () => {
  const kept = keptWith();
  const asked = answering(opened());
  expect((await settlePending(testPending(), { kept })).id).toBe(testPaid().id);
  expect(asked[0]!.init.headers).toMatchObject({ 'PAYMENT-SIGNATURE': 'signed', 'Idempotency-Key': 'mine' });
  expect(kept.state.get()).toMatchObject({ sessions: [{ id: testPaid().id, key: 'cps_mine' }] });
  expect(kept.state.get().pending).toBeUndefined();
});

test('a server or a chain that is away loses nothing: the same payment goes on later', async () => {
  const kept = keptWith();
  answering(new TypeError('Failed to fetch'), failureResponse(503, 'chain_unreachable'), opened());
  await expect(settlePending(testPending(), { kept })).rejects.toMatchObject({ kind: 'server-away' });
  await expect(settlePending(testPending(), { kept })).rejects.toMatchObject({ kind: 'chain-away' });
  expect(kept.state.get().pending).toEqual(testPending());
  await settlePending(testPending(), { kept });
  expect(kept.state.get().sessions).toHaveLength(1);
});

test('an earlier request of the same payment is waited for', async () => {
  const kept = keptWith();
  const asked = answering(failureResponse(409, 'conflict'), failureResponse(409, 'conflict'), opened());
  await settlePending(testPending(), { kept, waitMs: 1 });
  expect(asked).toHaveLength(3);
});

test('what came to nothing is not sent for ever, and is said', async () => {
  const kept = keptWith();
  answering(...Array.from({ length: 8 }, () => failureResponse(409, 'conflict')));
  await expect(settlePending(testPending(), { kept, waitMs: 1 })).rejects.toMatchObject({ kind: 'came-to-nothing' });
  expect(kept.state.get().pending).toBeUndefined();
  answering(failureResponse(402, 'quote_expired'), failureResponse(402, 'payment_rejected'));
  await expect(settlePending(testPending(), { kept })).rejects.toMatchObject({ kind: 'expired' });
  await expect(settlePending(testPending(), { kept })).rejects.toMatchObject({
    ...{ kind: 'refused', details: { said: 'It is payment_rejected.' } },
  });
});

test('more for a session is sent with its key, and makes no second one', async () => {
  const { id } = testPaid();
  const pending = testPending({ path: `/v1/computepool/sessions/${id}/top-up` });
  const kept = keptWith(pending);
  kept.keep({ id, key: 'cps_mine', pool: 'p', openedAt: 1 });
  kept.setPending(pending);
  const asked = answering(Response.json(testPaid({ spend_usdc: '2' })));
  expect((await settlePending(pending, { kept })).spend_usdc).toBe('2');
  expect(asked[0]!.init.headers).toMatchObject({ Authorization: 'Bearer cps_mine' });
  expect(kept.state.get().sessions).toHaveLength(1);
  expect(kept.state.get().pending).toBeUndefined();
});

test('two tabs do not pay at once', async () => {
  let isHeld = false;
  const locks = {
    async request(_name: string, _options: object, act: (lock: object | null) => Promise<unknown>) {
      if (isHeld) return act(null);
      isHeld = true;
      return act({}).finally(() => {
        isHeld = false;
      });
    },
  };
  vi.stubGlobal('navigator', { locks });
  const outer = aloneAmongTabs(async () => {
    await expect(aloneAmongTabs(async () => 'second')).rejects.toMatchObject({ kind: 'two-tabs' });
    return 'first';
  });
  expect(await outer).toBe('first');
  expect(await aloneAmongTabs(async () => 'later')).toBe('later');
});

test('where a frame is given no locks it pays all the same, once', async () => {
  const denied = { request: async () => Promise.reject(new DOMException('The request was denied.', 'SecurityError')) };
  vi.stubGlobal('navigator', { locks: denied });
  const act = vi.fn(async () => 'paid');
  expect(await aloneAmongTabs(act)).toBe('paid');
  expect(act).toHaveBeenCalledTimes(1);
});
