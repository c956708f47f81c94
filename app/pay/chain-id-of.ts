// The chain of an offer, out of x402's name for it (CAIP-2). Pure.
import type { Requirements } from './shapes.ts';

/** `eip155:8453` -> 8453. */
export const chainIdOf = ({ network }: Pick<Requirements, 'network'>): number => Number(network.split(':')[1]);
