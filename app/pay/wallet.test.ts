import { expect, test } from 'vitest';
import { CHAINS } from '../../protocol/chains.ts';
import { testProvider } from './test-provider.ts';
import { Wallet } from './wallet.ts';

const BASE = CHAINS.find(({ key }) => key === 'base')!;
const OWNER = `0x${'33'.repeat(20)}`;
const TOKEN = `0x${'55'.repeat(20)}`;

const walletOf = (provider: ReturnType<typeof testProvider>) => new Wallet({ rdns: 'test', name: 'Test', provider });

test('an account that the page may see already is taken without opening the wallet', async () => {
  const provider = testProvider({ accounts: [OWNER] });
  expect(await walletOf(provider).connect()).toBe(OWNER);
  expect(provider.methods).toEqual(['eth_accounts']);
});

test('else the person is asked; a wallet that shows none is locked', async () => {
  const provider = testProvider({ accounts: [], answers: { eth_requestAccounts: [OWNER] } });
  expect(await walletOf(provider).connect()).toBe(OWNER);
  const locked = walletOf(testProvider({ accounts: [], answers: { eth_requestAccounts: [] } }));
  await expect(locked.connect()).rejects.toMatchObject({ kind: 'locked' });
  const strange = walletOf(testProvider({ accounts: ['mine'], answers: { eth_requestAccounts: 'mine' } }));
  await expect(strange.connect()).rejects.toMatchObject({ kind: 'locked' });
});

test('a chain that the wallet knows is changed to, one that it is on already is left alone', async () => {
  const provider = testProvider({ chainId: 1, known: [1, BASE.id] });
  await walletOf(provider).goToChain(BASE);
  expect(provider.chainId).toBe(BASE.id);
  provider.methods.length = 0;
  await walletOf(provider).goToChain(BASE);
  expect(provider.methods).toEqual(['eth_chainId']);
});

test('one that it does not know is offered to it, with all that it needs to know', async () => {
  const provider = testProvider({ chainId: 1, known: [1] });
  await walletOf(provider).goToChain(BASE);
  expect(provider.chainId).toBe(BASE.id);
  expect(provider.params('wallet_addEthereumChain')).toEqual([
    {
      ...{ chainId: '0x2105', chainName: 'Base', rpcUrls: ['https://mainnet.base.org'] },
      nativeCurrency: { name: 'ETH', symbol: 'ETH', decimals: 18 },
      blockExplorerUrls: ['https://basescan.org'],
    },
  ]);
});

test('some wallets go to a chain by themselves when it is added, and some stay where they are without a word', async () => {
  const eager = testProvider({ chainId: 1, known: [1], goesOnAdd: true });
  await walletOf(eager).goToChain(BASE);
  expect(eager.methods.filter((method) => method === 'wallet_switchEthereumChain')).toHaveLength(1);
  const idle = testProvider({ chainId: 1, known: [1], answers: { wallet_switchEthereumChain: null } });
  await expect(walletOf(idle).goToChain(BASE)).rejects.toMatchObject({
    ...{ kind: 'wrong-network', details: { network: 'Base' } },
  });
});

test('who does not want to change or to add it is told which network is meant', async () => {
  const refusal = { code: 4001, message: 'User rejected the request.' };
  for (const method of ['wallet_switchEthereumChain', 'wallet_addEthereumChain']) {
    const provider = testProvider({ chainId: 1, known: [1], failures: { [method]: refusal } });
    await expect(walletOf(provider).goToChain(BASE)).rejects.toMatchObject({
      ...{ kind: 'wrong-network', details: { network: 'Base' } },
    });
  }
  const busy = testProvider({ failures: { wallet_switchEthereumChain: { code: -32002, message: 'open' } } });
  await expect(walletOf(busy).goToChain(BASE)).rejects.toMatchObject({ kind: 'asked-already' });
});

test('what an account has is asked of the token itself; a node that is away is no empty account', async () => {
  const provider = testProvider({ answers: { eth_call: `0x${(1_250_000).toString(16).padStart(64, '0')}` } });
  expect(await walletOf(provider).balanceOf(TOKEN, OWNER)).toBe(1_250_000n);
  const data = `0x70a08231${OWNER.slice(2).padStart(64, '0')}`;
  expect(provider.params('eth_call')).toEqual([{ to: TOKEN, data }, 'latest']);
  const away = walletOf(testProvider({ failures: { eth_call: { code: -32603, message: 'no node' } } }));
  await expect(away.balanceOf(TOKEN, OWNER)).rejects.toMatchObject({ kind: 'chain-away' });
  const empty = walletOf(testProvider({ answers: { eth_call: '0x' } }));
  await expect(empty.balanceOf(TOKEN, OWNER), 'no contract there').rejects.toMatchObject({ kind: 'chain-away' });
});

test('a transaction is waited for; one that reverts is no success', async () => {
  const provider = testProvider({
    answers: { eth_sendTransaction: '0x12', eth_getTransactionReceipt: { status: '0x1' } },
  });
  const waiting = { everyMs: 1, withinMs: 20 };
  await walletOf(provider).transact(OWNER, TOKEN, '0x77', waiting);
  expect(provider.params('eth_sendTransaction')).toEqual([{ from: OWNER, to: TOKEN, data: '0x77' }]);
  provider.answers.eth_getTransactionReceipt = { status: '0x0' };
  await expect(walletOf(provider).transact(OWNER, TOKEN, '0x77', waiting)).rejects.toMatchObject({ kind: 'refused' });
  provider.answers.eth_getTransactionReceipt = null;
  await expect(walletOf(provider).transact(OWNER, TOKEN, '0x77', waiting)).rejects.toMatchObject({
    kind: 'chain-away',
  });
});

test('a signature is text of hexadecimal digits, and a no is a no', async () => {
  const provider = testProvider({ answers: { eth_signTypedData_v4: '0x1234' } });
  expect(await walletOf(provider).sign(OWNER, { primaryType: 'X' })).toBe('0x1234');
  expect(provider.params('eth_signTypedData_v4')).toEqual([OWNER, '{"primaryType":"X"}']);
  const strange = walletOf(testProvider({ answers: { eth_signTypedData_v4: { signature: 1 } } }));
  await expect(strange.sign(OWNER, {})).rejects.toMatchObject({ kind: 'refused' });
  const no = walletOf(testProvider({ failures: { eth_signTypedData_v4: { code: 4001, message: 'no' } } }));
  await expect(no.sign(OWNER, {})).rejects.toMatchObject({ kind: 'rejected' });
});
