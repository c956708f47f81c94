// A simulated wallet for browser tests: it announces itself to pages as an extension does (EIP-6963), and is a viem account over a local
// chain behind them. What a person would press in it a test says beforehand.
import type { BrowserContext } from '@playwright/test';
import { createWalletClient, type Hex, http, type LocalAccount, type TypedDataDefinition } from 'viem';
import { anvil } from 'viem/chains';

export interface WalletCall {
  method: string;
  params?: readonly unknown[];
}

type Signer = Pick<LocalAccount, 'address'> & { signTypedData(data: TypedDataDefinition): Promise<Hex> };

const MAINNET = 1;
const LOCAL = 31337;

export class SimulatedWallet {
  account: Signer;
  chainId = MAINNET;
  readonly known = new Set([MAINNET]);
  isLocked = false;
  /** Methods that the person says no to, as often as they are here. */
  readonly rejects: string[] = [];
  /** The chain's node does not answer. */
  isChainAway = false;
  readonly calls: WalletCall[] = [];
  /** What was signed. */
  readonly signed: TypedDataDefinition[] = [];
  readonly #rpcUrl: string;

  constructor(account: Signer, rpcUrl: string) {
    this.account = account;
    this.#rpcUrl = rpcUrl;
  }

  /** Before its pages are opened. */
  async install(context: BrowserContext): Promise<void> {
    await context.exposeFunction('__simulatedWallet', (call: WalletCall) =>
      this.#answer(call).then(
        (result) => ({ result }),
        (thrown) => ({ error: { code: thrown.code ?? -32603, message: String(thrown.message) } }),
      ),
    );
    await context.addInitScript(() => {
      // As an extension that goes into no frames.
      if (window.top !== window) return;
      const ask = (
        window as unknown as { __simulatedWallet(call: object): Promise<{ result?: unknown; error?: object }> }
      ).__simulatedWallet;
      const provider = {
        async request(call: object) {
          const { result, error } = await ask(call);
          if (error) throw Object.assign(new Error('wallet'), error);
          return result;
        },
        on() {},
        removeListener() {},
      };
      const info = { uuid: crypto.randomUUID?.() ?? '1', name: 'Simulated wallet', icon: '', rdns: 'test.simulated' };
      const announce = () =>
        window.dispatchEvent(
          new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }),
        );
      window.addEventListener('eip6963:requestProvider', announce);
      announce();
    });
  }

  async #answer(call: WalletCall): Promise<unknown> {
    this.calls.push(call);
    const at = this.rejects.indexOf(call.method);
    if (at >= 0) {
      this.rejects.splice(at, 1);
      throw failure(4001, 'User rejected the request.');
    }
    const [first, second] = call.params ?? [];
    switch (call.method) {
      case 'eth_accounts':
        return this.isLocked ? [] : [this.account.address];
      case 'eth_requestAccounts':
        if (this.isLocked) throw failure(4100, 'The wallet is locked.');
        return [this.account.address];
      case 'eth_chainId':
        return `0x${this.chainId.toString(16)}`;
      case 'wallet_switchEthereumChain': {
        const id = Number((first as { chainId: string }).chainId);
        if (!this.known.has(id)) throw failure(4902, `Unrecognized chain ID "${id}".`);
        this.chainId = id;
        return null;
      }
      case 'wallet_addEthereumChain':
        this.known.add(Number((first as { chainId: string }).chainId));
        return null;
      case 'eth_signTypedData_v4': {
        const data = JSON.parse(second as string) as TypedDataDefinition;
        this.signed.push(data);
        return this.account.signTypedData(data);
      }
      case 'eth_call':
      case 'eth_getTransactionReceipt':
        return this.#forward(call);
      case 'eth_sendTransaction': {
        const { to, data } = first as { to: Hex; data: Hex };
        const client = createWalletClient({
          chain: anvil,
          transport: http(this.#rpcUrl),
          account: this.account as LocalAccount,
        });
        return client.sendTransaction({ to, data });
      }
      default:
        throw failure(4200, `${call.method} is not supported.`);
    }
  }

  async #forward({ method, params = [] }: WalletCall): Promise<unknown> {
    if (this.isChainAway || this.chainId !== LOCAL) throw failure(-32603, 'The node does not answer.');
    const response = await fetch(this.#rpcUrl, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    return ((await response.json()) as { result: unknown }).result;
  }
}

const failure = (code: number, message: string): Error => Object.assign(new Error(message), { code });
