// Files of owners in the database: uploaded by them or written at the end of a batch. Nobody reads another's; each owner's
// uploads are bounded.
import { and, asc, count, desc, eq, gt, lt, or, type SQL, sql, sum } from 'drizzle-orm';
import { PoolError } from '../../protocol/errors.ts';
import type { Database } from '../db/open-database.ts';
import type { Confirm } from '../http/api-types.ts';
import type { BatchLimits, FileRow } from './batch-types.ts';
import { FILE_LIFE_MS } from './batch-types.ts';
import { newId } from './new-id.ts';
import { files } from './tables.ts';

export type FileInfo = Omit<FileRow, 'content'>;

const INFO = {
  id: files.id,
  owner: files.owner,
  filename: files.filename,
  purpose: files.purpose,
  bytes: files.bytes,
  createdAt: files.createdAt,
  expiresAt: files.expiresAt,
};

export interface NewFile {
  owner: string;
  filename: string;
  purpose: FileRow['purpose'];
  content: string;
  /** Defaults to FILE_LIFE_MS. */
  lifeMs?: number | undefined;
}

/** Throws `too-large` when the owner's uploads would be more than the bounds, `not-logged-in` where `confirm` does. */
export async function addUpload(
  db: Database,
  file: NewFile,
  limits: Pick<BatchLimits, 'ownerBytes' | 'ownerFiles'>,
  confirm?: Confirm,
): Promise<FileInfo> {
  return db.transaction(async (tx) => {
    // One upload of an owner at a time: two at once would both find room for one.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`files:${file.owner}`}))`);
    await confirm?.(tx);
    const [held] = await tx
      .select({ bytes: sum(files.bytes), files: count() })
      .from(files)
      .where(and(eq(files.owner, file.owner), eq(files.purpose, 'batch')));
    const bytes = Number(held?.bytes ?? 0) + Buffer.byteLength(file.content);
    if (bytes > limits.ownerBytes || (held?.files ?? 0) >= limits.ownerFiles) {
      throw new PoolError('too-large', `Your files may have ${limits.ownerBytes} bytes in all; delete some first.`);
    }
    return writeFile(tx, file);
  });
}

/** Writes without looking at bounds: for files that the server makes. */
export async function writeFile(db: Database, file: NewFile): Promise<FileInfo> {
  const createdAt = new Date();
  const row: FileRow = {
    id: newId('file-'),
    owner: file.owner,
    filename: file.filename,
    purpose: file.purpose,
    content: file.content,
    bytes: Buffer.byteLength(file.content),
    createdAt,
    expiresAt: new Date(createdAt.getTime() + (file.lifeMs ?? FILE_LIFE_MS)),
  };
  await db.insert(files).values(row);
  const { content: _content, ...info } = row;
  return info;
}

/** Throws `not-found`, for another owner's file too. */
export async function findFile(db: Database, owner: string, id: string): Promise<FileInfo> {
  const [row] = await db.select(INFO).from(files).where(mine(owner, id));
  return row ?? missing();
}

export async function readFile(db: Database, owner: string, id: string): Promise<string> {
  const [row] = await db.select({ content: files.content }).from(files).where(mine(owner, id));
  return row?.content ?? missing();
}

export async function deleteFile(db: Database, owner: string, id: string): Promise<void> {
  const gone = await db.delete(files).where(mine(owner, id)).returning({ id: files.id });
  if (gone.length === 0) missing();
}

/** One more than `limit` when there are more. */
export async function listFiles(
  db: Database,
  owner: string,
  page: { limit: number; after?: string | undefined; order: 'asc' | 'desc'; purpose?: string | undefined },
): Promise<FileInfo[]> {
  const where: (SQL | undefined)[] = [eq(files.owner, owner)];
  if (page.purpose) where.push(sql`${files.purpose} = ${page.purpose}`);
  if (page.after) {
    const { createdAt, id } = await findFile(db, owner, page.after);
    const past = page.order === 'asc' ? gt : lt;
    where.push(or(past(files.createdAt, createdAt), and(eq(files.createdAt, createdAt), past(files.id, id))));
  }
  const by = page.order === 'asc' ? asc : desc;
  return db
    .select(INFO)
    .from(files)
    .where(and(...where))
    .orderBy(by(files.createdAt), by(files.id))
    .limit(page.limit + 1);
}

export async function deleteExpiredFiles(db: Database, now: Date): Promise<void> {
  await db.delete(files).where(lt(files.expiresAt, now));
}

const mine = (owner: string, id: string): SQL | undefined => and(eq(files.owner, owner), eq(files.id, id));

function missing(): never {
  throw new PoolError('not-found', 'You have no file with this id.', { data: { param: 'file_id' } });
}
