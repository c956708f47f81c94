// A part of the program that is fetched late may be missing where the server is away, or has another build by now.
import { PoolError } from '../../protocol/errors.ts';

/** Rejects with `link-failed` in place of whatever a browser says of a file that it could not get. */
export const fetchPart = <T>(part: Promise<T>): Promise<T> =>
  part.catch((cause: unknown) => {
    throw new PoolError('link-failed', 'The server did not answer.', {
      cause,
      data: { next: 'Check that the server runs and that this device is online, then reload the page.' },
    });
  });
