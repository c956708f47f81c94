// What the chain says of market pools to whoever earns with them or runs this server: their contracts, what waits to be fetched, and
// whether the hot key has gas money left. Moves nothing.
import type { Address } from 'viem';
import { GDA_POOL_ABI, MARKET_POOL_ABI, TOKEN_ABI } from '../../protocol/abi.ts';
import { chainFault } from '../chain/chain-error.ts';
import type { ChainSender } from '../chain/chain-sender.ts';
import type { OpenChain } from '../chain/open-chain.ts';

export interface MarketContracts {
  contract: Address;
  gdaPool: Address;
  treasury: Address;
}

/** Wei of 18 digits. */
export interface Earned {
  /** Waits at the pool until somebody claims it for this address: where its connections are taken by strangers, all of it does. */
  claimableWei: bigint;
  /** USDCx at the address, which is unwrapped to USDC one to one. */
  wrappedWei: bigint;
}

export interface HotKey {
  address: Address;
  balanceWei: bigint;
  /** What a session that streams costs of it at the node's present price. */
  sessionWei: bigint;
  /** Transactions that are signed and of which nobody knows yet. */
  waiting: number;
}

/** Receipt `payments-gas`: fund, open, close. */
const SESSION_GAS = 1_750_000n;

export class MarketReader {
  readonly #chain: OpenChain;
  readonly #sender: Pick<ChainSender, 'countWaiting'>;
  readonly #known = new Map<Address, Promise<MarketContracts>>();

  constructor(chain: OpenChain, sender: Pick<ChainSender, 'countWaiting'>) {
    this.#chain = chain;
    this.#sender = sender;
  }

  get tokens(): Pick<OpenChain['contracts'], 'usdc' | 'usdcx' | 'escrow'> {
    return this.#chain.contracts;
  }

  /** They never change. Throws `chain-unreachable`. */
  contractsOf(contract: Address): Promise<MarketContracts> {
    const known = this.#known.get(contract);
    if (known) return known;
    const pool = { address: contract, abi: MARKET_POOL_ABI } as const;
    const { reader } = this.#chain;
    const reading = Promise.all([
      reader.readContract({ ...pool, functionName: 'gdaPool' }),
      reader.readContract({ ...pool, functionName: 'treasury' }),
    ]).then(
      ([gdaPool, treasury]) => ({ contract, gdaPool, treasury }),
      (thrown) => {
        this.#known.delete(contract);
        throw chainFault(thrown);
      },
    );
    this.#known.set(contract, reading);
    return reading;
  }

  /** Throws `chain-unreachable`. */
  async earnedAt(contract: Address, address: Address): Promise<Earned> {
    const { gdaPool } = await this.contractsOf(contract);
    const { reader, contracts } = this.#chain;
    const args = [address] as const;
    const [claimable, wrappedWei] = await Promise.all([
      reader.readContract({ address: gdaPool, abi: GDA_POOL_ABI, functionName: 'getClaimableNow', args }),
      reader.readContract({ address: contracts.usdcx, abi: TOKEN_ABI, functionName: 'balanceOf', args }),
    ]).catch((thrown) => {
      throw chainFault(thrown);
    });
    return { claimableWei: claimable[0] > 0n ? claimable[0] : 0n, wrappedWei };
  }

  /** Throws `chain-unreachable`. */
  async hotKey(): Promise<HotKey> {
    const { reader, account, chain } = this.#chain;
    const [balanceWei, price, waiting] = await Promise.all([
      reader.getBalance({ address: account.address }),
      chain.gas.priceWei ?? reader.getGasPrice(),
      this.#sender.countWaiting(),
    ]).catch((thrown) => {
      throw chainFault(thrown);
    });
    return { address: account.address, balanceWei, sessionWei: price * SESSION_GAS, waiting };
  }
}
