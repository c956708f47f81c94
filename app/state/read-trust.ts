// What this server says of the authority that it has made for its own network, and where another device begins to trust it.
import { readTrust } from '../../protocol/http/read-trust.ts';
import type { Trust } from '../../protocol/http/trust.ts';
import { callApi, type Shape } from './call-api.ts';

const trustShape: Shape<Trust> = {
  safeParse(value) {
    const data = readTrust(value);
    return data ? { success: true, data } : { success: false };
  },
};

export const fetchTrust = (signal: AbortSignal): Promise<Trust> => callApi('/api/trust', trustShape, { signal });

/** An address is found in any network, a name only where the network has it. Undefined where other devices reach nothing. */
export const plainOrigin = (plain: readonly string[]): string | undefined =>
  plain.find((origin) => /^http:\/\/\d/.test(origin)) ?? plain[0];

/** The page that says how to trust the server at `origin`, and leads on to `path` from there. */
export const trustAddress = (origin: string, path: string): string =>
  `${origin}/trust?${new URLSearchParams({ to: path })}`;
