import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FromChat, ToChat } from '../../packages/widget/src/words.ts';
import { Wallet } from '../pay/wallet.ts';
import { HostWallets } from './host-wallets.ts';
import { readToChat } from './read-host-message.ts';

const OWNER = `0x${'33'.repeat(20)}`;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Asked = Extract<FromChat, { type: 'wallet-asked' }>;

/** `page`: what it answers to a question; undefined is silence. */
function open(page: (asked: Asked) => unknown) {
  const asked: Asked[] = [];
  const wallets: HostWallets = new HostWallets(
    (message) => {
      const question = message as Asked;
      asked.push(question);
      const said = page(question);
      if (said === undefined) return;
      // As it comes over the channel: what does not parse is not heard.
      const heard = readToChat({ type: 'wallet-answered', id: question.id, ...(said as object) });
      if (heard?.type === 'wallet-answered') queueMicrotask(() => wallets.hear(heard));
    },
    () => 'The page’s',
  );
  return { wallets, asked };
}
const result = (value: unknown) => ({ result: value });
const LIST = result([{ rdns: 'one', name: 'One', icon: 'https://evil.example/track.png' }]);

test('the page’s wallet is one like any other; a picture from elsewhere is none', async () => {
  const { wallets, asked } = open(({ method }) => (method === 'wallets' ? LIST : result([OWNER])));
  const [found] = await wallets.find();
  expect(found).toMatchObject({ rdns: 'one', name: 'One', icon: undefined });
  expect(await new Wallet(found!).connect()).toBe(OWNER);
  expect(asked.map(({ method, rdns }) => [method, rdns])).toEqual([
    ['wallets', undefined],
    ['eth_accounts', 'one'],
  ]);
});

test('one without a name has one here', async () => {
  const { wallets } = open(() => result([{ rdns: 'page', name: '' }]));
  expect(await wallets.find()).toMatchObject([{ name: 'The page’s' }]);
});

test('a no of the wallet is what it is elsewhere', async () => {
  const no = { error: { code: 4001, message: 'User rejected the request.' } };
  const { wallets } = open(({ method }) => (method === 'wallets' ? LIST : no));
  const [found] = await wallets.find();
  await expect(new Wallet(found!).sign(OWNER, {})).rejects.toMatchObject({ kind: 'rejected' });
});

test('a page that says nothing is not waited for', async () => {
  const { wallets } = open(() => undefined);
  const silent = expect(wallets.find()).rejects.toMatchObject({ kind: 'page-silent' });
  await vi.advanceTimersByTimeAsync(10_000);
  await silent;
});

test('nor one that goes silent in mid-payment: a person has five minutes, a node ten seconds', async () => {
  const { wallets } = open(({ method }) => (method === 'wallets' ? LIST : undefined));
  const [found] = await wallets.find();
  const wallet = new Wallet(found!);
  const balance = expect(wallet.balanceOf(OWNER, OWNER)).rejects.toMatchObject({ kind: 'page-silent' });
  await vi.advanceTimersByTimeAsync(10_000);
  await balance;
  let isOver = false;
  const signed = wallet.sign(OWNER, {}).catch((thrown) => {
    isOver = true;
    return thrown;
  });
  await vi.advanceTimersByTimeAsync(299_000);
  expect(isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await signed).toMatchObject({ kind: 'page-silent' });
});

test.each([
  ['no list', result('MetaMask')],
  ['a list without end', result(Array.from({ length: 100 }, () => ({ rdns: 'one', name: 'One' })))],
  ['names without end', result([{ rdns: 'one', name: 'x'.repeat(1000) }])],
])('%s is no list of wallets', async (_what, said) => {
  const { wallets } = open(() => said);
  await expect(wallets.find()).rejects.toMatchObject({ kind: 'page-silent' });
});

test('a page that lies about an account, a network or a signature is refused as such a wallet is', async () => {
  const lies: Record<string, unknown> = {
    wallets: [{ rdns: 'one', name: 'One' }],
    eth_accounts: ['mine'],
    eth_requestAccounts: { account: OWNER },
    eth_chainId: '0x1',
    wallet_switchEthereumChain: null,
    eth_call: '0x',
    eth_signTypedData_v4: `0x${'12'.repeat(20_000)}`,
  };
  const { wallets } = open(({ method }) => result(lies[method]));
  const [found] = await wallets.find();
  const wallet = new Wallet(found!);
  await expect(wallet.connect()).rejects.toMatchObject({ kind: 'locked' });
  await expect(wallet.balanceOf(OWNER, OWNER)).rejects.toMatchObject({ kind: 'chain-away' });
  await expect(wallet.sign(OWNER, {})).rejects.toMatchObject({ kind: 'refused' });
});

test('answers to nothing, and a second one, are not heard', async () => {
  const { wallets, asked } = open(() => undefined);
  const found = wallets.find();
  const answer = (id: number, value: unknown): void =>
    wallets.hear({ type: 'wallet-answered', id, result: value } as Extract<ToChat, { type: 'wallet-answered' }>);
  answer(99, []);
  answer(asked[0]!.id, []);
  answer(asked[0]!.id, [{ rdns: 'late', name: 'Late' }]);
  expect(await found).toEqual([]);
});

test('four questions wait at most; a page that goes away ends them', async () => {
  const { wallets } = open(() => undefined);
  const waiting = [1, 2, 3, 4].map(() => wallets.find().catch((thrown) => thrown.kind));
  await expect(wallets.find()).rejects.toMatchObject({ kind: 'asked-already' });
  wallets.close();
  expect(await Promise.all(waiting)).toEqual(Array.from({ length: 4 }, () => 'page-silent'));
});
