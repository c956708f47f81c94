// ICE candidate lines (RFC 8839): which address one names, and the same line with another address. Pure.

export interface Address {
  host: string;
  port: number;
}

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** Where a candidate of UDP over IPv4 leads; undefined for any other, which the lab leaves out. */
export function addressOf(candidate: string): Address | undefined {
  const [, , protocol, , host, port] = candidate.split(' ');
  if (protocol?.toLowerCase() !== 'udp' || !host || !IPV4.test(host)) return undefined;
  return { host, port: Number(port) };
}

/** The candidate that leads to `to`. Its related address is left out: it would name the place behind the relay. */
export function readdress(candidate: string, to: Address): string {
  const words = candidate.split(' ');
  words[4] = to.host;
  words[5] = String(to.port);
  return words.join(' ').replace(/ raddr \S+ rport \d+/, '');
}

const LINE = /^a=(candidate:.*)$/;

/** The description with each candidate as `rewrite` gives it; a candidate for which it gives '' is left out. */
export async function rewriteDescription(
  sdp: string,
  rewrite: (candidate: string) => Promise<string>,
): Promise<string> {
  const lines: string[] = [];
  for (const line of sdp.split(/\r?\n/)) {
    const candidate = LINE.exec(line)?.[1];
    const other = candidate === undefined ? undefined : await rewrite(candidate);
    if (other === undefined) lines.push(line);
    else if (other) lines.push(`a=${other}`);
  }
  return lines.join('\r\n');
}
