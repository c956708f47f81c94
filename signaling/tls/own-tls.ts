// The https of a server in its own network: the certificate that it serves with, renewed while it runs, and the addresses at
// which other devices find it.

import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { TLS_FOLDER } from '../db/data-folder.ts';
import { type KeptCertificates, keepCertificates } from './keep-certificates.ts';
import { machineNames, type NamedHosts, reachableNames } from './machine-names.ts';

export interface OwnTls {
  readonly authority: KeptCertificates['authority'];
  /** Key and certificate, as they are now. */
  readonly certificate: string;
  /** Names of hosts among those that the certificate is for: a request for one of them is for this server. */
  readonly hostNames: readonly string[];
  /** What was asked for and is in no certificate of this authority. */
  readonly leftOut: readonly string[];
  /** As other devices reach it, names first; none where it listens for this machine alone. */
  addresses(scheme: 'http' | 'https'): string[];
  /** From now on it is known at which port it listens, and `onRenewed` hears of each next certificate. */
  watch(port: number, onRenewed: (certificate: string) => void): void;
  close(): void;
}

export interface OwnTlsOptions extends NamedHosts {
  dataDir: string;
  onOpenToOthers?(path: string): void;
  /** The next certificate could not be made or kept; the one before goes on. */
  onFailed?(error: unknown): void;
}

/** Certificates are made anew some weeks before they end, and when the machine got another address. */
const LOOK_MS = 3600_000;

/** Rejects with `UsageError` where what is kept cannot be read. */
export async function openOwnTls({ dataDir, onOpenToOthers, onFailed, ...named }: OwnTlsOptions): Promise<OwnTls> {
  const look = () =>
    keepCertificates({
      folder: join(dataDir, TLS_FOLDER),
      machine: hostname(),
      names: () => machineNames(named),
      ...(onOpenToOthers ? { onOpenToOthers } : {}),
    });
  let kept = await look();
  let port = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    get authority() {
      return kept.authority;
    },
    get certificate() {
      return kept.server;
    },
    get hostNames() {
      return kept.names.filter((name) => isIP(name) === 0 && name !== 'localhost');
    },
    get leftOut() {
      return kept.leftOut;
    },
    addresses: (scheme) =>
      reachableNames(kept.names, named.host).map((name) => {
        const url = new URL(`${scheme}://${isIP(name) === 6 ? `[${name}]` : name}:${port}`);
        return url.origin;
      }),
    watch(at, onRenewed) {
      port = at;
      timer = setInterval(() => {
        look().then((next) => {
          const isAnother = next.server !== kept.server;
          kept = next;
          if (isAnother) onRenewed(next.server);
        }, onFailed);
      }, LOOK_MS);
      timer.unref();
    },
    close: () => clearInterval(timer),
  };
}
