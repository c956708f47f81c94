// For which names an authority may speak: those of private networks, and what it was made for. Whoever trusts it trusts it with
// no other site, whatever becomes of its key (RFC 5280, 4.2.1.10). Pure.
import { BlockList, isIP } from 'node:net';
import { AsnConvert } from '@peculiar/asn1-schema';
import { GeneralName, GeneralSubtree, GeneralSubtrees, NameConstraints } from '@peculiar/asn1-x509';

/** Names that no public site has (RFC 6761, 6762, 8375; ICANN for `internal`), each with all below it. */
const LOCAL_NAMES = ['localhost', 'local', 'home.arpa', 'internal'];

/** Addresses that no public site has (RFC 1122, 1918, 3927, 4193, 4291, 6598). */
const LOCAL_NETS = [
  ...['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10'],
  ...['::1/128', 'fc00::/7', 'fe80::/10'],
];

export interface NameScope {
  /** Each with all names below it. */
  names: readonly string[];
  /** In CIDR notation. */
  nets: readonly string[];
}

/** The smallest that has private networks and all of `names`, which are names of hosts and IP addresses. */
export function scopeFor(names: readonly string[]): NameScope {
  const local: NameScope = { names: LOCAL_NAMES, nets: LOCAL_NETS };
  const beyond = names.filter((name) => !isInScope(name, local));
  return {
    names: [...LOCAL_NAMES, ...beyond.filter((name) => isIP(name) === 0)],
    nets: [...LOCAL_NETS, ...beyond.filter((name) => isIP(name) !== 0).map(alone)],
  };
}

const alone = (address: string): string => `${address}/${isIP(address) === 6 ? 128 : 32}`;

export function isInScope(name: string, { names, nets }: NameScope): boolean {
  if (isIP(name) === 0) return names.some((own) => name === own || name.endsWith(`.${own}`));
  const list = new BlockList();
  for (const each of nets) {
    const [net = '', prefix] = each.split('/');
    list.addSubnet(net, Number(prefix), familyOf(net));
  }
  return list.check(name, familyOf(name));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** The value of the extension. */
export function encodeScope({ names, nets }: NameScope): ArrayBuffer {
  const bases = [
    ...names.map((dNSName) => new GeneralName({ dNSName })),
    ...nets.map((iPAddress) => new GeneralName({ iPAddress })),
  ];
  const permittedSubtrees = new GeneralSubtrees(bases.map((base) => new GeneralSubtree({ base })));
  return AsnConvert.serialize(new NameConstraints({ permittedSubtrees }));
}

export function decodeScope(value: ArrayBuffer): NameScope {
  const bases = [...(AsnConvert.parse(value, NameConstraints).permittedSubtrees ?? [])].map(({ base }) => base);
  return {
    names: bases.flatMap(({ dNSName }) => dNSName ?? []),
    nets: bases.flatMap(({ iPAddress }) => iPAddress ?? []),
  };
}
