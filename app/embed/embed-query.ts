// What the address of /embed asks for. Pure. Which pages may frame it, the server reads off the same `pool`.
import { type PoolRef, readPoolId } from '../../protocol/pool-id.ts';

export interface EmbedQuery {
  /** Undefined: the pool that the server shows first. */
  pool?: PoolRef;
  theme: 'light' | 'dark' | 'system';
  /** A BCP 47 tag; undefined: as the browser has it. */
  lang?: string;
  /** Visitors are offered to lend. */
  lend: boolean;
  /** What it names as a pool is none. */
  isStrange: boolean;
}

/** Reads `pool` (an id), `theme`, `lang`, `lend`. */
export function parseEmbedQuery(query: URLSearchParams): EmbedQuery {
  const id = query.get('pool') || undefined;
  const pool = id === undefined ? undefined : readPoolId(id);
  const lang = query.get('lang') || undefined;
  const theme = query.get('theme');
  return {
    ...(pool ? { pool } : {}),
    ...(lang ? { lang } : {}),
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    lend: query.get('lend') === '1',
    isStrange: id !== undefined && pool === undefined,
  };
}
