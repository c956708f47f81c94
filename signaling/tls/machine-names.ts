// Under which names and addresses other devices of a network find this machine, as far as it knows itself.

import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import type { ServerConfig } from '../config/config-types.ts';
import { HOST_NAME } from '../config/parse-value.ts';
import { isLoopbackAddress } from '../http/client-address.ts';

/** Beyond it a certificate is too long for some; a machine with more is a router, and names what counts itself. */
const MAX_NAMES = 60;

const THIS_DEVICE = ['localhost', '127.0.0.1', '::1'];

export interface Machine {
  hostname: string;
  interfaces: Readonly<Record<string, readonly { address: string; internal: boolean }[] | undefined>>;
}

export const thisMachine = (): Machine => ({ hostname: hostname(), interfaces: networkInterfaces() });

/** What is named beside what the machine knows: the host that it listens at, its public address, further names. */
export type NamedHosts = Pick<ServerConfig, 'host' | 'publicUrl' | 'allowedHosts'>;

/** Names in lower case, then addresses; those of the device itself last, each once. */
export function machineNames({ host, publicUrl, allowedHosts }: NamedHosts, machine = thisMachine()): string[] {
  const named = [...allowedHosts, ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname])];
  const own = hostNames(machine.hostname);
  const addresses = Object.values(machine.interfaces)
    .flatMap((each) => each ?? [])
    .filter(({ address, internal }) => !internal && !isOfLink(address))
    .map(({ address }) => address);
  const all = [...named, ...own, host, ...addresses, ...THIS_DEVICE].map((name) => name.replace(/^\[|\]$/g, ''));
  const ordered = [...all.filter((name) => isIP(name) === 0), ...all.filter((name) => isIP(name) !== 0)];
  return [...new Set(ordered)].filter((name) => !ANY_ADDRESS.has(name)).slice(0, MAX_NAMES);
}

const ANY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** They need the name of an interface beside them, which no certificate has. */
const isOfLink = (address: string): boolean => /^fe[89ab]/i.test(address);

/** The machine's name, and the same as its neighbours ask for it over multicast DNS. */
function hostNames(given: string): string[] {
  const name = given.toLowerCase().replace(/\.$/, '');
  if (!HOST_NAME.test(name) || name === 'localhost') return [];
  return name.includes('.') ? [name] : [name, `${name}.local`];
}

/** Those of them by which other devices may reach a server that listens at `host`; empty where none can. */
export function reachableNames(names: readonly string[], host: string): string[] {
  if (host === 'localhost' || isLoopbackAddress(host)) return [];
  const others = names.filter((name) => !isLoopbackAddress(name) && name !== 'localhost');
  return ANY_ADDRESS.has(host) ? others : others.filter((name) => isIP(name) === 0 || name === host);
}
