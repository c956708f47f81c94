// A wallet's provider for tests: answers and failures are said beforehand, and what was asked is kept.
import type { WalletProvider } from './find-wallets.ts';

export interface TestProviderOptions {
  accounts?: readonly string[];
  chainId?: number;
  known?: readonly number[];
  /** Adding a chain goes there at once. */
  goesOnAdd?: boolean;
  answers?: Readonly<Record<string, unknown>>;
  failures?: Readonly<Record<string, { code: number; message: string }>>;
}

export interface TestProvider extends WalletProvider {
  accounts: readonly string[];
  chainId: number;
  readonly methods: string[];
  answers: Record<string, unknown>;
  failures: Record<string, { code: number; message: string }>;
  /** The last call of a method. */
  params(method: string): readonly unknown[] | undefined;
}

export function testProvider(options: TestProviderOptions = {}): TestProvider {
  const { accounts = [], chainId = 1, known = [1], goesOnAdd = false } = options;
  const chains = new Set(known);
  const last = new Map<string, readonly unknown[] | undefined>();
  const idIn = (params: readonly unknown[] = []): number => Number((params[0] as { chainId: string }).chainId);
  const made: TestProvider = {
    ...{ accounts, chainId, methods: [], params: (method) => last.get(method) },
    ...{ answers: { ...options.answers }, failures: { ...options.failures } },
    async request({ method, params }) {
      made.methods.push(method);
      last.set(method, params);
      const failure = made.failures[method];
      // An error that is thrown before the chain's own is looked at.
      const isAdd = method === 'wallet_switchEthereumChain' && !chains.has(idIn(params));
      if (failure) throw Object.assign(new Error(failure.message), failure);
      if (method in made.answers) return made.answers[method];
      if (isAdd) throw Object.assign(new Error('Unrecognized chain.'), { code: 4902 });
      switch (method) {
        case 'eth_accounts':
        case 'eth_requestAccounts':
          return made.accounts;
        case 'eth_chainId':
          return `0x${made.chainId.toString(16)}`;
        case 'wallet_switchEthereumChain':
          made.chainId = idIn(params);
          return null;
        case 'wallet_addEthereumChain':
          chains.add(idIn(params));
          if (goesOnAdd) made.chainId = idIn(params);
          return null;
        default:
          throw Object.assign(new Error(`${method} is not there.`), { code: 4200 });
      }
    },
  };
  return made;
}
