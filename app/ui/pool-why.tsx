// Why a pool is as it is. An older server says it only in English.
import type { PoolReason } from '../../protocol/pool-reason.ts';
import { tellPool } from '../format/tell-pool.ts';
import { ProgramWords } from './program-words.tsx';

interface Props {
  pool: { reason: string; why?: readonly PoolReason[] | undefined };
  className?: string;
}

export function PoolWhy({ pool: { reason, why }, className }: Props) {
  return why ? <p className={className}>{tellPool(why)}</p> : <ProgramWords said={reason} className={className} />;
}
