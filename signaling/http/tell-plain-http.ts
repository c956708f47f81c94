// Tells whoever starts the server that the pages refuse other devices over plain http: browsers give WebGPU and WebCrypto
// to secure contexts alone. Pure.
import type { ServerConfig } from '../config/config-types.ts';
import { isLoopbackAddress } from './client-address.ts';

/**
 * A sentence with the next step, or undefined where nobody but this machine can ask, or an https address is named.
 *
 * @example
 * tellPlainHttp({ host: '0.0.0.0', publicUrl: 'https://pool.example' }); // undefined
 */
export function tellPlainHttp({
  host,
  publicUrl,
  tls,
}: Pick<ServerConfig, 'host' | 'publicUrl' | 'tls'>): string | undefined {
  if (tls || isOwnMachine(host) || publicUrl?.startsWith('https:')) return undefined;
  return (
    'Other devices will be refused by /join and /chat: browsers give a page WebGPU and keys only over https or at localhost, ' +
    'and this server is open to the network over plain http. Start it with --tls, which makes a certificate for this network; ' +
    'or put a TLS proxy in front and start with --public-url https://your.name --trusted-proxies 1; or keep it to this ' +
    'machine with --host 127.0.0.1.'
  );
}

const isOwnMachine = (host: string): boolean => host === 'localhost' || isLoopbackAddress(host);
