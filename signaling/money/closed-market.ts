// A market pool on a server without its chain: nobody could pay for it, and its prices are no credits.
import { PoolError } from '../../protocol/errors.ts';
import type { Funding } from './funding.ts';

const away = async (): Promise<never> => {
  throw new PoolError('chain-unreachable', 'This pool is paid on a chain that this server is not connected to.');
};

export const CLOSED_MARKET: Funding = {
  ...{ reserve: away, settle: away },
  ...{ began: async () => {}, moved: async () => {}, release: async () => {} },
};
