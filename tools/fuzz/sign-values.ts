// Signs whatever in a made-up message is signed: a receipt with absurd numbers gets past its signature only with a true one.
import { type DeliveryNote, signDelivery } from '../../protocol/delivery.ts';
import type { Identity } from '../../protocol/identity.ts';
import { type Receipt, signReceipt } from '../../protocol/receipt.ts';

/** By the name of the field that is signed. */
const SIGNERS: Record<string, (identity: Identity, said: never) => Promise<unknown>> = {
  receipt: (identity, receipt: Receipt) => signReceipt(identity, { ...receipt, peer: identity.peer }),
  note: (identity, note: DeliveryNote) => signDelivery(identity, { ...note, peer: identity.peer }),
};

/** A copy in which every signed thing is signed by this peer, where it can be written as text at all. */
export async function signValues(value: unknown, identity: Identity): Promise<unknown> {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Promise.all(value.map((one) => signValues(one, identity)));
  const field = Object.keys(SIGNERS).find((name) => Object.hasOwn(value, name));
  const said = field === undefined ? undefined : (value as Record<string, unknown>)[field];
  if (field !== undefined && typeof said === 'object' && said !== null) {
    // A field that was made into something else may not be text: it is sent as it is.
    return SIGNERS[field]!(identity, said as never).catch(() => value);
  }
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, one]) => [key, await signValues(one, identity)] as const),
  );
  return Object.fromEntries(entries);
}
