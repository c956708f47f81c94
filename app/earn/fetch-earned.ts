// Fetches what an operator has earned, with the operator's own wallet: claims it at the pool, or turns USDCx into USDC. Loaded when
// somebody presses for it. These are transactions and cost gas, unlike paying.
import { CHAINS } from '../../protocol/chains.ts';
import { isSame } from '../pay/check-vault.ts';
import { findWallets } from '../pay/find-wallets.ts';
import { keptPayments } from '../pay/kept-payments.ts';
import { PayFault } from '../pay/pay-fault.ts';
import { Wallet } from '../pay/wallet.ts';

export interface FetchWish {
  chainId: number;
  /** Whose it is. */
  address: string;
  /** The pool that it is claimed at, or the token that is unwrapped. */
  to: string;
  /** Wei to unwrap; undefined claims. */
  unwrapWei?: bigint;
}

/** `claimAll(address)` of Superfluid's pool: anybody may, for anybody. */
const CLAIM_ALL = '0x77329f35';
/** `downgrade(uint256)` of a SuperToken: of one's own. */
const DOWNGRADE = '0x11bcc81e';

const word = (value: string): string => value.padStart(64, '0');

/** Pure: for tests. */
export const callDataOf = ({ address, unwrapWei }: FetchWish): string =>
  unwrapWei === undefined
    ? `${CLAIM_ALL}${word(address.slice(2).toLowerCase())}`
    : `${DOWNGRADE}${word(unwrapWei.toString(16))}`;

/** Resolves when it is mined. Throws `PayFault`. */
export async function fetchEarned(wish: FetchWish): Promise<void> {
  const wallet = await lastWallet();
  const account = await wallet.connect();
  // Only its owner can unwrap; claimed it is by whoever wants to.
  if (wish.unwrapWei !== undefined && !isSame(account, wish.address)) {
    throw new PayFault('account-switched', { account: wish.address });
  }
  const chain = CHAINS.find(({ id }) => id === wish.chainId);
  if (!chain) throw new PayFault('refused', { said: String(wish.chainId) });
  await wallet.goToChain(chain);
  await wallet.transact(account, wish.to, callDataOf(wish), chain.receipt);
}

/** The account that a wallet shows this page. Throws `PayFault`. */
export const connectedAccount = async (): Promise<string> => (await lastWallet()).connect();

async function lastWallet(): Promise<Wallet> {
  const wallets = await findWallets();
  const kept = keptPayments();
  const found = wallets.find(({ rdns }) => rdns === kept.wallet) ?? wallets[0];
  if (!found) throw new PayFault('no-wallet');
  kept.wallet = found.rdns;
  return new Wallet(found);
}
