// What a wallet signs for x402's scheme `exact`: an EIP-3009 transfer to the offer's address, and the header that carries it. As the
// stock client writes it, whose package is ten times the size of all else that paying needs.
import { chainIdOf } from './chain-id-of.ts';
import type { Required, Requirements } from './shapes.ts';

export interface Transfer {
  from: string;
  to: string;
  value: string;
  validAfter: string;
  validBefore: string;
  nonce: string;
}

const TYPES = {
  EIP712Domain: [
    { name: 'name', type: 'string' },
    { name: 'version', type: 'string' },
    { name: 'chainId', type: 'uint256' },
    { name: 'verifyingContract', type: 'address' },
  ],
  TransferWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
};

/** @param serverSeconds the server's clock: this device's own may be wrong. */
export function transferOf(accepted: Requirements, from: string, serverSeconds: number): Transfer {
  const nonce = crypto.getRandomValues(new Uint8Array(32));
  return {
    ...{ from, to: accepted.payTo, value: accepted.amount, validAfter: '0' },
    validBefore: String(serverSeconds + accepted.maxTimeoutSeconds),
    nonce: `0x${Array.from(nonce, (byte) => byte.toString(16).padStart(2, '0')).join('')}`,
  };
}

/** EIP-712. */
export function typedDataOf(accepted: Requirements, message: Transfer): object {
  const { name, version } = accepted.extra;
  const domain = { name, version, chainId: chainIdOf(accepted), verifyingContract: accepted.asset };
  return { types: TYPES, primaryType: 'TransferWithAuthorization', domain, message };
}

/** The value of `PAYMENT-SIGNATURE`. */
export function paymentHeader(
  { resource }: Required,
  accepted: Requirements,
  payload: { authorization: Transfer; signature: string },
): string {
  const payment = { x402Version: 2, ...(resource ? { resource } : {}), accepted, payload };
  const bytes = new TextEncoder().encode(JSON.stringify(payment));
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
