// Verifies x402 payments with the stock scheme, in this process, and settles them through our sender: once, with the escrow knowing who
// paid. Only verification is x402's own; a transaction is a step of its session like every other.
import type { PaymentPayload, PaymentRequirements } from '@x402/core/types';
import { ExactEvmScheme } from '@x402/evm/exact/facilitator';
import { type Address, getAddress, type Hex, isHex } from 'viem';
import { TOKEN_ABI } from '../../protocol/abi.ts';
import { PoolError } from '../../protocol/errors.ts';
import { chainFault } from '../chain/chain-error.ts';
import type { ChainSender } from '../chain/chain-sender.ts';
import type { OpenChain } from '../chain/open-chain.ts';
import { formatDollars, weiOfUsdc } from './amounts.ts';
import type { Offer } from './offers.ts';
import { callOf, workflowOf } from './step-workflows.ts';

/** Three times what it takes: a contract account says itself what checking its signature costs. */
const MOST_FUND_GAS = 400_000n;
/** What a session may still need once it is sold: what is not to be had then can neither stop its stream nor end it. */
const GAS_OF_SESSION = 3_000_000n;
/** By then gas may cost so many times as much. */
const DEARER = 3n;
/** An authorization that holds for longer than its offer could be used when nobody looks for it any more. */
const MOST_VALID_SECONDS = 10 * 60;

/** EIP-3009. */
const TYPES = {
  TransferWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const;

export interface Authorized {
  from: Address;
  value: bigint;
  validAfter: bigint;
  validBefore: bigint;
  nonce: Hex;
  signature: Hex;
}

export class Facilitator {
  readonly #chain: OpenChain;
  readonly #sender: ChainSender;
  readonly #scheme: ExactEvmScheme;

  constructor(chain: OpenChain, sender: ChainSender) {
    this.#chain = chain;
    this.#sender = sender;
    const { reader, account } = chain;
    const never = (): never => {
      throw new Error('Payments are settled by the sender.');
    };
    this.#scheme = new ExactEvmScheme({
      getAddresses: () => [account.address],
      readContract: (call) => reader.readContract(call as Parameters<typeof reader.readContract>[0]),
      verifyTypedData: (data) => reader.verifyTypedData(data as Parameters<typeof reader.verifyTypedData>[0]),
      getCode: (of) => reader.getCode(of),
      waitForTransactionReceipt: (of) => reader.waitForTransactionReceipt(of),
      writeContract: never,
      sendTransaction: never,
    });
  }

  /** Who pays, and what was signed. Throws `payment-rejected` with x402's own reason, `chain-unreachable`. */
  async verify(payload: PaymentPayload, requirements: PaymentRequirements): Promise<Authorized> {
    const authorized = readAuthorization(payload);
    if (await this.isUsed(authorized)) return this.#verifySent(authorized, requirements);
    if (authorized.validBefore > BigInt(Math.floor(Date.now() / 1000) + MOST_VALID_SECONDS)) {
      throw new PoolError('payment-rejected', `The payment may hold for ${MOST_VALID_SECONDS / 60} minutes at most.`);
    }
    // Stock code takes whatever fails within for an invalid payment: whether the chain answers, and what the wallet has, is asked apart.
    const there = await this.balanceAt(authorized.from);
    if (there < BigInt(requirements.amount)) {
      const [has, asked] = [there, BigInt(requirements.amount)].map((units) => formatDollars(weiOfUsdc(units)));
      throw new PoolError('payment-rejected', `The wallet has ${has} USDC, and ${asked} is asked for.`);
    }
    const { isValid, invalidReason: reason = 'unknown' } = await this.#scheme.verify(payload, requirements);
    if (isValid) return authorized;
    throw new PoolError('payment-rejected', `The payment was not accepted (${reason.slice(0, 200)}).`, {
      data: { reason },
    });
  }

  /** Whoever has seen it may have sent it: what is at the vault was paid all the same, by whoever signed it. */
  async #verifySent(authorized: Authorized, requirements: PaymentRequirements): Promise<Authorized> {
    const { from, value, validAfter, validBefore, nonce, signature } = authorized;
    const { asset, amount, payTo, extra } = requirements;
    const rejected = new PoolError('payment-rejected', 'The payment has been used, and not for this offer.');
    if (value < BigInt(amount) || (await this.balanceAt(payTo as Address)) < BigInt(amount)) throw rejected;
    const { reader, chain } = this.#chain;
    const domain = {
      ...{ name: String(extra.name), version: String(extra.version), chainId: chain.id },
      verifyingContract: asset as Address,
    };
    const message = { from, to: payTo as Address, value, validAfter, validBefore, nonce };
    const data = { domain, types: TYPES, primaryType: 'TransferWithAuthorization', message } as const;
    const isTheirs = await reader.verifyTypedData({ address: from, ...data, signature }).catch((thrown) => {
      throw chainFault(thrown);
    });
    if (!isTheirs) throw rejected;
    return authorized;
  }

  /** Throws `unavailable` where our own account could not see one more session through, beside those that there are. */
  async demandGasMoney(sessions: number): Promise<void> {
    const { reader, account } = this.#chain;
    const asked = Promise.all([reader.getBalance({ address: account.address }), reader.getGasPrice()]);
    const [balance, price] = await asked.catch((thrown) => {
      throw chainFault(thrown);
    });
    if (balance >= price * DEARER * GAS_OF_SESSION * BigInt(sessions + 1)) return;
    throw new PoolError('unavailable', 'This server’s own account has too little gas money to take another payment.');
  }

  /** Moves the money to the session's vault; once, whoever else has sent the authorization. Gives the transaction. */
  async fund(
    key: Hex,
    { quote }: Pick<Offer, 'quote'>,
    { from, ...authorization }: Authorized,
    step = 'fund',
  ): Promise<Hex> {
    const { chain, contracts } = this.#chain;
    const place = { chainId: chain.id, contract: contracts.escrow };
    const { hash } = await this.#sender.send({
      ...{ key: await this.#sender.keyFor(key, step), subject: key, step },
      ...callOf(workflowOf('fund', place), place, { quote, from, authorization }),
      mostGas: MOST_FUND_GAS,
    });
    return hash;
  }

  /** Whether what was signed has been used, by us or by whoever saw it. */
  async isUsed({ from, nonce }: Pick<Authorized, 'from' | 'nonce'>): Promise<boolean> {
    const { reader, contracts } = this.#chain;
    const usdc = { address: contracts.usdc, abi: TOKEN_ABI } as const;
    return reader.readContract({ ...usdc, functionName: 'authorizationState', args: [from, nonce] }).catch((thrown) => {
      throw chainFault(thrown);
    });
  }

  /** USDC, 6 digits, at a vault or in a wallet. */
  async balanceAt(address: Address): Promise<bigint> {
    const { reader, contracts } = this.#chain;
    return reader
      .readContract({ address: contracts.usdc, abi: TOKEN_ABI, functionName: 'balanceOf', args: [address] })
      .catch((thrown) => {
        throw chainFault(thrown);
      });
  }
}

/** Throws `payment-rejected` for what is none. */
export function readAuthorization({ payload }: PaymentPayload): Authorized {
  const { authorization, signature } = payload as { authorization?: Record<string, unknown>; signature?: unknown };
  const { from, value, validAfter, validBefore, nonce } = authorization ?? {};
  try {
    if (!isHex(signature) || !isHex(nonce) || signature.length > 10_000) throw new Error('no signature');
    return {
      ...{ from: getAddress(String(from)), nonce, signature },
      ...{
        value: BigInt(String(value)),
        validAfter: BigInt(String(validAfter)),
        validBefore: BigInt(String(validBefore)),
      },
    };
  } catch {
    throw new PoolError(
      'payment-rejected',
      'The payment is no EIP-3009 authorization: scheme `exact` takes nothing else here.',
    );
  }
}
