import { expect, test } from 'vitest';
import { addressOf, readdress, rewriteDescription } from './rewrite-candidate.ts';

const HOST = 'candidate:4121 1 udp 2113937151 192.0.2.2 42587 typ host generation 0 ufrag fGOp network-cost 999';
const REFLEXIVE = 'candidate:5 1 udp 1677 198.51.100.7 6001 typ srflx raddr 192.0.2.2 rport 42587 generation 0';
const TCP = 'candidate:6 1 tcp 1518 192.0.2.2 9 typ host tcptype active generation 0';
const SIX = 'candidate:4074 1 udp 2113942271 fd00::2 57301 typ host generation 0';
const HIDDEN = 'candidate:1 1 udp 2113937151 5a2b9c1e-0d3f-4a6b-8c7d-9e0f1a2b3c4d.local 5000 typ host';

test('only UDP over IPv4 has an address to relay to', () => {
  expect(addressOf(HOST)).toEqual({ host: '192.0.2.2', port: 42587 });
  expect(addressOf(REFLEXIVE)).toEqual({ host: '198.51.100.7', port: 6001 });
  expect([TCP, SIX, HIDDEN, ''].map(addressOf)).toEqual([undefined, undefined, undefined, undefined]);
});

test('another address takes the place of the first, and of nothing else', () => {
  const to = { host: '127.0.0.1', port: 7 };
  expect(readdress(HOST, to)).toBe(HOST.replace('192.0.2.2 42587', '127.0.0.1 7'));
  expect(readdress(REFLEXIVE, to)).toBe('candidate:5 1 udp 1677 127.0.0.1 7 typ srflx generation 0');
});

test('candidates inside a description are replaced or left out, every other line stays', async () => {
  const sdp = ['v=0', 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel', `a=${HOST}`, `a=${TCP}`, 'a=mid:0', ''];
  const rewrite = async (line: string) => (addressOf(line) ? 'candidate:relayed' : '');
  expect(await rewriteDescription(sdp.join('\r\n'), rewrite)).toBe(
    ['v=0', sdp[1], 'a=candidate:relayed', 'a=mid:0', ''].join('\r\n'),
  );
});
