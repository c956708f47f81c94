// What a log may say of a failure: its class, codes, which statement of the database failed, and where in our code. Never a
// message, a parameter or a value, since any of them may hold what somebody wrote.
import { fileURLToPath } from 'node:url';
import { PoolError } from '../../protocol/errors.ts';

/** One failure, and what it came of. All of it is names that our code, Node or the database gave. */
export interface DescribedError {
  /** The error's own class. */
  type: string;
  /** A `PoolError`’s own, or the system’s: `ECONNREFUSED`. */
  code?: string;
  /** SQLSTATE, five characters (PostgreSQL, appendix A). */
  sqlState?: string;
  /** The verb and the table of the statement that failed. */
  statement?: string;
  /** What in our schema was hurt. */
  table?: string;
  constraint?: string;
  /** What was asked of the system: `connect`, `open`. */
  syscall?: string;
  /** Innermost first, frames of our own files only: `addUpload signaling/batches/file-store.ts:45`. */
  frames?: string[];
  cause?: DescribedError;
}

const MAX_CAUSES = 4;
const MAX_FRAMES = 8;
const NAME = /^[A-Za-z_$][\w$]{0,62}$/;
const SYSTEM_CODE = /^[A-Z][A-Z0-9_]{2,40}$/;
const SQL_STATE = /^[0-9A-Z]{5}$/;
const VERB = /^\s*(select|insert|update|delete|with|begin|commit|rollback|savepoint|release|set|create|alter)\b/i;
const TABLE = /\b(?:from|into|update|table)\s+(?:only\s+)?"?([A-Za-z_]\w{0,62})"?/i;
/** `at async Class.method (place:line:column)`, or a place alone. A name may have a space in it: `new Thing`. */
const FRAME = /^ {4}at (?:(.{1,100}?) \()?(\S+?):(\d+):\d+\)?$/;
/** What stands before the message of a stack that is as V8 wrote it. */
const CLASS = /^[\w$.]{1,80}(?: \[\w+\])?$/;
const CLASS_AND_COLON = /^[\w$.]{1,80}(?: \[\w+\])?: $/;
const ROOT = new URL('../../', import.meta.url).href;
const ROOT_PATH = fileURLToPath(ROOT);

/** For pino's `serializers.err`. Takes whatever was thrown; bounded, whatever that is. */
export function describeError(thrown: unknown): DescribedError {
  return describe(thrown, MAX_CAUSES);
}

function describe(thrown: unknown, causesLeft: number): DescribedError {
  if (!(thrown instanceof Error)) return { type: thrown === null ? 'null' : typeof thrown };
  const fault = thrown as Error & Record<string, unknown>;
  const cause = fault.cause ?? (Array.isArray(fault.errors) ? fault.errors[0] : undefined);
  const frames = framesOf(fault);
  const statement = statementOf(fault);
  return {
    type: named(fault.constructor?.name) ?? 'Error',
    ...codesOf(fault),
    ...(statement ? { statement } : {}),
    ...only('table', named(fault.table)),
    ...only('constraint', named(fault.constraint)),
    ...only('syscall', named(fault.syscall)),
    ...(frames.length > 0 ? { frames } : {}),
    ...(cause !== undefined && causesLeft > 0 ? { cause: describe(cause, causesLeft - 1) } : {}),
  };
}

function codesOf(fault: Error & Record<string, unknown>): Pick<DescribedError, 'code' | 'sqlState'> {
  if (fault instanceof PoolError) return { code: fault.code };
  const { code } = fault;
  if (typeof code !== 'string') return {};
  // Node has codes of five letters, too, such as EPIPE: what a system call failed with is no SQLSTATE.
  if (SQL_STATE.test(code) && fault.syscall === undefined) return { sqlState: code };
  return SYSTEM_CODE.test(code) ? { code } : {};
}

/** drizzle hangs the statement's text on its error, with `$1` where values are. A word of it is told, never the text. */
function statementOf({ query }: Record<string, unknown>): string | undefined {
  if (typeof query !== 'string') return undefined;
  const verb = VERB.exec(query)?.[1]?.toLowerCase();
  if (!verb) return 'other';
  const table = TABLE.exec(query)?.[1];
  return table ? `${verb} ${table}` : verb;
}

/** A stack begins with the message, which may be made to look like frames: without it at its place there are none. */
function framesOf({ stack, message }: Error): string[] {
  const at = typeof stack === 'string' ? stack.indexOf(message) : -1;
  const head = message === '' ? stack?.split('\n')[0] : stack?.slice(0, at);
  if (at < 0 || !(message === '' ? CLASS : CLASS_AND_COLON).test(head ?? '')) return [];
  const found: string[] = [];
  for (const line of (stack ?? '').slice(at + message.length).split('\n')) {
    const [, name, place = '', row] = FRAME.exec(line) ?? [];
    const path = place.startsWith(ROOT)
      ? place.slice(ROOT.length)
      : place.startsWith(ROOT_PATH)
        ? place.slice(ROOT_PATH.length)
        : undefined;
    if (path === undefined || path.includes('node_modules/')) continue;
    found.push(`${name ? `${name} ` : ''}${path.split('?')[0]}:${row}`);
    if (found.length === MAX_FRAMES) break;
  }
  return found;
}

const named = (value: unknown): string | undefined =>
  typeof value === 'string' && NAME.test(value) ? value : undefined;

const only = <K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, string>);
