// One wallet of this browser: whose account, on which chain, what is in it, its signature, and for who has earned its transactions.
import type { Chain } from '../../protocol/chains.ts';
import type { FoundWallet } from './find-wallets.ts';
import { PayFault } from './pay-fault.ts';
import { isUnknownChain, readWalletError } from './read-wallet-error.ts';

/** `balanceOf(address)` */
const BALANCE_OF = '0x70a08231';

export class Wallet {
  readonly found: FoundWallet;

  constructor(found: FoundWallet) {
    this.found = found;
  }

  /** The account that this page may ask for already, without opening the wallet. */
  async known(): Promise<string | undefined> {
    return first(await this.#ask('eth_accounts'));
  }

  /** Asks the person which account to use, where this page has none yet. Throws `rejected`, `locked`. */
  async connect(): Promise<string> {
    const known = (await this.known()) ?? first(await this.#ask('eth_requestAccounts'));
    if (known === undefined) throw new PayFault('locked');
    return known;
  }

  /** Has the wallet go to a chain, which is offered to it where it does not know it. Throws `wrong-network`, `rejected`. */
  async goToChain(chain: Chain, rpcUrl = chain.rpcUrl): Promise<void> {
    if ((await this.#chainId()) === chain.id) return;
    const chainId = `0x${chain.id.toString(16)}`;
    const change = () => this.#send('wallet_switchEthereumChain', [{ chainId }]);
    try {
      await change();
    } catch (thrown) {
      if (!isUnknownChain(thrown)) throw networkFault(thrown, chain);
      await this.#add(chain, chainId, rpcUrl);
      // Some go there by themselves when one is added, some do not.
      if ((await this.#chainId()) !== chain.id) {
        await change().catch((again) => {
          throw networkFault(again, chain);
        });
      }
    }
    if ((await this.#chainId()) !== chain.id) throw new PayFault('wrong-network', { network: chain.name });
  }

  /** Units of a token; of the chain that the wallet is on. Throws `chain-away`. */
  async balanceOf(token: string, owner: string): Promise<bigint> {
    const data = `${BALANCE_OF}${owner.slice(2).toLowerCase().padStart(64, '0')}`;
    try {
      const said = await this.#send('eth_call', [{ to: token, data }, 'latest']);
      return BigInt(said as string);
    } catch (thrown) {
      throw thrown instanceof PayFault ? thrown : new PayFault('chain-away', {}, thrown);
    }
  }

  /** EIP-712. Throws `rejected`, `locked`, `asked-already`. */
  async sign(owner: string, typedData: object): Promise<string> {
    const said = await this.#ask('eth_signTypedData_v4', [owner, JSON.stringify(typedData)]);
    if (typeof said !== 'string' || !/^0x[0-9a-fA-F]+$/.test(said)) throw new PayFault('refused');
    return said;
  }

  /** A transaction, until it is mined. Throws `rejected`, `chain-away`, `refused` where it reverts. */
  async transact(
    from: string,
    to: string,
    data: string,
    { everyMs, withinMs }: { everyMs: number; withinMs: number },
  ): Promise<void> {
    const hash = await this.#ask('eth_sendTransaction', [{ from, to, data }]);
    const untilMs = performance.now() + withinMs;
    while (performance.now() < untilMs) {
      const receipt = (await this.#ask('eth_getTransactionReceipt', [hash])) as { status?: string } | null;
      if (receipt?.status === '0x1') return;
      if (receipt) throw new PayFault('refused', { said: String(hash) });
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
    throw new PayFault('chain-away');
  }

  async #chainId(): Promise<number> {
    return Number(await this.#ask('eth_chainId'));
  }

  async #add({ name, nativeSymbol: symbol, explorerUrl }: Chain, chainId: string, rpcUrl: string): Promise<void> {
    await this.#send('wallet_addEthereumChain', [
      {
        ...{ chainId, chainName: name, rpcUrls: [rpcUrl], nativeCurrency: { name: symbol, symbol, decimals: 18 } },
        ...(explorerUrl ? { blockExplorerUrls: [explorerUrl] } : {}),
      },
    ]).catch((thrown) => {
      throw networkFault(thrown, { name });
    });
  }

  #send(method: string, params?: readonly unknown[]): Promise<unknown> {
    return this.found.provider.request(params ? { method, params } : { method });
  }

  #ask(method: string, params?: readonly unknown[]): Promise<unknown> {
    return this.#send(method, params).catch((thrown) => {
      throw readWalletError(thrown);
    });
  }
}

/** Whoever does not want to change the network has rejected nothing else. */
function networkFault(thrown: unknown, { name }: Pick<Chain, 'name'>): PayFault {
  const fault = readWalletError(thrown);
  return fault.kind === 'asked-already' || fault.kind === 'page-silent'
    ? fault
    : new PayFault('wrong-network', { network: name }, thrown);
}

function first(accounts: unknown): string | undefined {
  const account: unknown = Array.isArray(accounts) ? accounts[0] : undefined;
  return typeof account === 'string' && /^0x[0-9a-fA-F]{40}$/.test(account) ? account : undefined;
}
