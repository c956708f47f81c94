// What a repository has in place of a weight format that it lacks: looked for once it is known to be missing.
import { PoolError } from '../../protocol/errors.ts';
import { DTYPES, type Dtype, graphPath } from '../hub/dtype-files.ts';
import type { ModelFiles } from './model-files.ts';

/** An error that names the formats which are there, in place of one that only says that this one is not. */
export async function otherDtypes(
  { source, open }: Pick<ModelFiles, 'source' | 'open'>,
  cause: PoolError,
): Promise<PoolError> {
  const { repo, dtype } = source.model;
  const has = async (other: Dtype): Promise<boolean> => {
    try {
      // One of which the site knows size and hash is asked for when it is read.
      await (await open(graphPath(other))).read(0, 1);
      return true;
    } catch {
      return false;
    }
  };
  const others = DTYPES.filter((other) => other !== dtype);
  const isThere = await Promise.all(others.map(has));
  const dtypes = others.filter((_, index) => isThere[index]);
  if (dtypes.length === 0) return cause;
  const message = `${repo} has no weights in ${dtype}; it has ${listed(dtypes)}.`;
  return new PoolError('model-not-found', message, { cause, data: { dtypes } });
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
