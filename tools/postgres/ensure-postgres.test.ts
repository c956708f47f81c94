import { expect, test } from 'vitest';
import { ensurePostgres, type Installer } from './ensure-postgres.ts';

const PROGRAMS = { initdb: '/p/initdb', postgres: '/p/postgres', version: 15 };

/** A machine where the programs are there after as many commands, and commands end with these codes. */
function machine(options: { thereAfter: number; codes?: number[]; mayInstall?: boolean }) {
  const ran: string[] = [];
  const installer: Installer = {
    find: () => (ran.length >= options.thereAfter ? PROGRAMS : undefined),
    mayInstall: () => options.mayInstall ?? true,
    run: async (args) => {
      ran.push(args[0] ?? '');
      return { code: options.codes?.[ran.length - 1] ?? 0, output: `line\n${args[0]} says no`, ms: 1 };
    },
  };
  return { ran, installer };
}

test('what is there is taken, and nothing is run', async () => {
  const { ran, installer } = machine({ thereAfter: 0 });
  expect(await ensurePostgres(installer)).toBe(PROGRAMS);
  expect(ran).toEqual([]);
});

test('what is missing is installed, with fresh lists if the first try fails', async () => {
  const quick = machine({ thereAfter: 1 });
  expect(await ensurePostgres(quick.installer)).toBe(PROGRAMS);
  expect(quick.ran).toEqual(['install']);
  const stale = machine({ thereAfter: 3, codes: [100, 0, 0] });
  expect(await ensurePostgres(stale.installer)).toBe(PROGRAMS);
  expect(stale.ran).toEqual(['install', 'update', 'install']);
});

test('without the rights nothing is run, and the sentence says what to do', async () => {
  const { ran, installer } = machine({ thereAfter: 1, mayInstall: false });
  await expect(ensurePostgres(installer)).rejects.toThrow(/TEST_DATABASE_URL/);
  expect(ran).toEqual([]);
});

test('a machine without a network says what apt-get said', async () => {
  const { ran, installer } = machine({ thereAfter: 9, codes: [100, 100] });
  await expect(ensurePostgres(installer)).rejects.toThrow(/update says no.*TEST_DATABASE_URL/);
  expect(ran).toEqual(['install', 'update']);
});
