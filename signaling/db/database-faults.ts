// What a database's errors mean to whoever reads them: a caller, that it is away; whoever starts the server, why it cannot be
// opened. Never tells an address with its password.

import { PoolError } from '../../protocol/errors.ts';
import type { DatabaseLocation } from '../config/config-types.ts';
import { UsageError } from '../config/usage-error.ts';

type Fault = Error & { code?: unknown; syscall?: unknown; errors?: unknown };

/** SQLSTATE: class 08 and what a server says that ends, starts or is full (PostgreSQL, appendix A). */
const AWAY_STATE = /^(08...|57P0[123]|53300)$/;
const NO_NETWORK = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** A text with U+0000, or with half of a surrogate pair: no column takes it. */
const NO_TEXT_STATE = /^(22021|22P05)$/;
/** node-postgres gives these no code. */
const AWAY_TEXT =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection)/;
const MAX_CAUSES = 8;

/**
 * Any failure as one that can be told. A database that is away is `unavailable`: whoever asked may come back, and nothing of
 * the request was wrong. A text that no column takes is `bad-request`, in whatever field it came.
 */
export function faultOf(thrown: unknown): PoolError {
  if (thrown instanceof PoolError) return thrown;
  if (causesOf(thrown).some(({ code }) => NO_TEXT_STATE.test(String(code)))) {
    return new PoolError('bad-request', 'A text has a character that cannot be kept: U+0000.', { cause: thrown });
  }
  if (!isAway(thrown)) return PoolError.from(thrown);
  return new PoolError('unavailable', 'The server cannot reach its database now.', { cause: thrown });
}

function isAway(thrown: unknown): boolean {
  const causes = causesOf(thrown);
  const isQuery = causes.some(({ name }) => name === 'DrizzleQueryError');
  return causes.some(({ code, syscall, message }) => {
    const text = typeof code === 'string' ? code : '';
    // A socket that breaks may be anybody's; one that breaks in a query, or cannot be opened, is the database's.
    return (
      AWAY_STATE.test(text) || AWAY_TEXT.test(message) || (NO_NETWORK.test(text) && (isQuery || syscall === 'connect'))
    );
  });
}

/** The error, what it wraps, and of several tries the first. */
function causesOf(thrown: unknown): Fault[] {
  const causes: Fault[] = [];
  for (let next = thrown; next instanceof Error && causes.length < MAX_CAUSES; ) {
    const fault = next as Fault;
    causes.push(fault);
    next = fault.cause ?? (Array.isArray(fault.errors) ? fault.errors[0] : undefined);
  }
  return causes;
}

const FOLDER_FAULTS: Record<string, string> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'that disk can only be read',
  ENOSPC: 'that disk is full',
  EDQUOT: 'that disk is full',
  EEXIST: 'it is a file',
  ENOTDIR: 'it lies in a file',
  ENOENT: 'a folder on the way to it cannot be made',
};

/** One sentence about a folder or an address that cannot be opened, with what to do. A `UsageError` stays as it is. */
export function openFault(location: DatabaseLocation, thrown: unknown): Error {
  if (thrown instanceof UsageError || (thrown as Error).name === 'AbortError') return thrown as Error;
  const cause = causesOf(thrown).find(({ code }) => typeof code === 'string') ?? (thrown as Fault);
  const code = String(cause.code ?? '');
  if ('dataDir' in location) {
    const why = FOLDER_FAULTS[code] ?? reasonOf(thrown);
    const sentence = `The data directory ${location.dataDir} cannot be used: ${why}. Give another one: --data-dir PATH.`;
    return new UsageError(sentence, { cause: thrown });
  }
  if (!('url' in location)) return thrown as Error;
  return new UsageError(`${addressFault(location.url, code, cause)}`, { cause: thrown });
}

function addressFault(url: string, code: string, cause: Fault): string {
  const { host, hostname, pathname } = new URL(url);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `There is no host ${hostname}, which --database-url names.`;
  if (code === '28P01' || code === '28000') {
    return `PostgreSQL at ${host} refuses the user or the password of --database-url.`;
  }
  if (code === '3D000')
    return `PostgreSQL at ${host} has no database ${pathname.slice(1)}: create it, or correct --database-url.`;
  if (code === '42501')
    return `The user of --database-url may not make tables in ${pathname.slice(1)}: grant it CREATE.`;
  if (NO_NETWORK.test(code) || AWAY_TEXT.test(cause.message)) {
    return `No PostgreSQL answers at ${host}: start it, or correct --database-url.`;
  }
  return `The database at ${host} cannot be opened: ${reasonOf(cause)}. Correct --database-url.`;
}

const reasonOf = (thrown: unknown): string =>
  (thrown instanceof Error ? thrown.message.split('\n')[0] : undefined)?.replace(/\.$/, '') || 'it failed';
