// The embedded database where a power cut must lose nothing that was written: PostgreSQL flushes what it has committed, and so do the
// files of the folder, for which PGlite has no such call of its own.
import { fsyncSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';

/** As PGlite's own, but for the one that turns flushing off; by the call that reaches its files: `fdatasync` ends in nothing there. */
export const DURABLE_PARAMS: string[] = [
  ...PGlite.defaultStartParams.filter((each) => each !== '-F'),
  ...['-c', 'wal_sync_method=fsync'],
];

interface NodeFiles {
  NODEFS: { stream_ops: { fsync?: (stream: { nfd: number }) => number } };
}

/** What cannot be flushed, a folder on some systems, is as it is. */
const UNFLUSHABLE: readonly unknown[] = ['EINVAL', 'EPERM', 'EISDIR', 'EBADF'];

/** @param flush for tests. */
export function flushFiles(client: PGlite, flush: (file: number) => void = fsyncSync): void {
  const { NODEFS } = client.Module as unknown as NodeFiles;
  NODEFS.stream_ops.fsync = ({ nfd }) => {
    try {
      flush(nfd);
    } catch (thrown) {
      if (!UNFLUSHABLE.includes((thrown as NodeJS.ErrnoException).code)) throw thrown;
    }
    return 0;
  };
}
