import { describe, expect, it } from 'vitest';
import { PoolError } from '../../protocol/errors.ts';
import { createLogger } from './create-logger.ts';
import { describeError } from './describe-error.ts';
import { watchProcess } from './watch-process.ts';

const SECRET = 'canary-61';
const HERE = /signaling\/observe\/describe-error\.test\.ts:\d+$/;

/** As drizzle throws it: the statement's text and its values are in the message, and beside it. */
class DrizzleQueryError extends Error {
  constructor(
    readonly query: string,
    readonly params: unknown[],
    cause: Error,
  ) {
    super(`Failed query: ${query}\nparams: ${params}`, { cause });
  }
}

const failing = (query: string, more: object = { code: '23514' }): DrizzleQueryError =>
  new DrizzleQueryError(query, [SECRET], Object.assign(new Error(`Failing row contains (${SECRET}).`), more));

function logged(log: (logger: ReturnType<typeof createLogger>) => void): Record<string, never>[] {
  const lines: string[] = [];
  log(createLogger('trace', { write: (line) => void lines.push(line) }));
  expect(lines.join(''), 'whatever is logged').not.toContain(SECRET);
  return lines.map((line) => JSON.parse(line));
}

describe('G13: an error in the log', () => {
  it.each([
    ['insert into "files" ("id", "content") values ($1, $2)', 'insert files'],
    ['select "id" from "batches" where "owner" = $1', 'select batches'],
    ['update "batch_items" set "body" = $1', 'update batch_items'],
    ['delete from "files" where "id" = $1', 'delete files'],
    [`select pg_advisory_xact_lock(hashtext('files:${SECRET}'))`, 'select'],
    [`vacuum ${SECRET}`, 'other'],
  ])('names the statement and not what was in it: %s', (query, statement) => {
    const [line] = logged((logger) => logger.error({ err: failing(query) }, 'it failed'));
    expect(line).toMatchObject({ msg: 'it failed', err: { type: 'DrizzleQueryError', statement } });
  });

  it('says what the database said in codes and in names of the schema', () => {
    const more = { code: '23514', table: 'files', constraint: 'full_disk', detail: SECRET, column: SECRET };
    const { cause } = describeError(failing('select 1', more));
    expect(cause).toMatchObject({ sqlState: '23514', table: 'files', constraint: 'full_disk' });
    const odd = describeError(failing('select 1', { code: `${SECRET} x`, table: 'a b', constraint: '' })).cause;
    expect(Object.keys(odd ?? {})).toEqual(['type', 'frames']);
  });

  it('says what the system said', () => {
    const refused = Object.assign(new Error(`connect ECONNREFUSED ${SECRET}`), {
      ...{ code: 'ECONNREFUSED', syscall: 'connect', address: SECRET },
    });
    expect(describeError(refused)).toMatchObject({ type: 'Error', code: 'ECONNREFUSED', syscall: 'connect' });
    const broken = Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' });
    expect(describeError(broken)).toMatchObject({ code: 'EPIPE', syscall: 'write' });
    expect(describeError(new AggregateError([refused], SECRET)).cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('has the frames of our own files, and none that a message makes up', () => {
    const [own = ''] = describeError(new PoolError('internal', SECRET)).frames ?? [];
    expect(own).toMatch(HERE);
    const frame = new Error('x').stack?.split('\n')[1] ?? '';
    const forged = frame.replace(/at \S+/, `at ${SECRET}`);
    for (const message of [`x\n${forged}`, `${forged}\n${forged}`]) {
      const { frames = [] } = describeError(new Error(message));
      expect(frames.length).toBeGreaterThan(0);
      expect(frames.join()).not.toContain(SECRET);
    }
    for (const message of ['y', '', SECRET.slice(0, 1)]) {
      const changed = new Error(`x\n${forged}`);
      changed.message = message;
      expect((describeError(changed).frames ?? []).join()).not.toContain(SECRET);
    }
  });

  it.each<[string, unknown]>([
    ['text', SECRET],
    ['nothing', undefined],
    ['null', null],
    ['an object', { message: SECRET }],
    ['an error that names itself', Object.assign(new Error(SECRET), { name: SECRET, code: SECRET, stack: SECRET })],
    ['one that came of a request', new PoolError('bad-request', SECRET, { data: { param: SECRET }, cause: SECRET })],
    [
      'a parser’s',
      (() => {
        try {
          return JSON.parse(SECRET);
        } catch (error) {
          return error;
        }
      })(),
    ],
  ])('is bounded and silent for %s', (_, thrown) => {
    logged((logger) => {
      logger.error({ err: thrown }, 'it failed');
      logger.error(thrown instanceof Error ? thrown : { err: thrown });
      logger.child({ job: 'x' }).warn({ err: thrown });
    });
  });

  it('ends with causes that go round', () => {
    const first = new Error(SECRET);
    first.cause = new Error(SECRET, { cause: first });
    expect(JSON.stringify(describeError(first)).length).toBeLessThan(10_000);
  });
});

describe('G13: watchProcess', () => {
  it('logs what nobody caught, and warnings, without their words; the process ends', () => {
    const heard: Record<string, (thrown: Error) => void> = {};
    const codes: number[] = [];
    const lines = logged((logger) => {
      watchProcess(logger, {
        on(event, listener) {
          heard[event] = listener;
        },
        removeAllListeners: (event) => void delete heard[event],
        exit: (code) => void codes.push(code),
      });
      heard.warning?.(new Error(SECRET));
      expect(codes).toEqual([]);
      heard.uncaughtException?.(failing('insert into "files" values ($1)'));
    });
    expect(codes).toEqual([1]);
    expect(lines).toMatchObject([{ level: 40 }, { level: 60, err: { statement: 'insert files' } }]);
  });
});
