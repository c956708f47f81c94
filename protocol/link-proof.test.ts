import { describe, expect, it } from 'vitest';
import { type Identity, identityOf, newIdentityKeys } from './identity.ts';
import {
  checkLinkProof,
  fingerprintOf,
  type LinkFacts,
  linkStatement,
  makeLinkProof,
  newLinkNonce,
} from './link-proof.ts';

const TICKET = '00112233445566778899aabbccddeeff';
const refused = expect.objectContaining({ code: 'not-authentic' });

async function meet(): Promise<{ asker: Identity; answerer: Identity; facts: LinkFacts }> {
  const [asker, answerer] = await Promise.all([
    identityOf(await newIdentityKeys()),
    identityOf(await newIdentityKeys()),
  ]);
  const end = ({ peer }: Identity, digit: string) => ({ peer, nonce: newLinkNonce(), fingerprint: digit.repeat(64) });
  return { asker, answerer, facts: { epoch: 9, asker: end(asker, 'a'), answerer: end(answerer, 'b') } };
}

async function shownBy(identity: Identity, facts: LinkFacts, ticket = TICKET) {
  return { publicKey: identity.publicKey, ...(await makeLinkProof(identity, ticket, 'asker', facts)) };
}

describe('a link proof', () => {
  it('of the right key and ticket for this connection is accepted', async () => {
    const { asker, facts } = await meet();
    await expect(checkLinkProof(await shownBy(asker, facts), TICKET, 'asker', facts)).resolves.toBeUndefined();
  });

  it('of the other role is refused, so that nothing can be sent back where it came from', async () => {
    const { asker, facts } = await meet();
    await expect(checkLinkProof(await shownBy(asker, facts), TICKET, 'answerer', facts)).rejects.toEqual(refused);
  });

  it('of a wrong ticket is refused though the key is right', async () => {
    const { asker, facts } = await meet();
    const shown = await shownBy(asker, facts, 'f'.repeat(32));
    await expect(checkLinkProof(shown, TICKET, 'asker', facts)).rejects.toEqual(refused);
  });

  it('of another key than the id’s is refused though the ticket is right', async () => {
    const { answerer, facts } = await meet();
    await expect(checkLinkProof(await shownBy(answerer, facts), TICKET, 'asker', facts)).rejects.toEqual(refused);
  });

  it.each<[string, (facts: LinkFacts) => LinkFacts]>([
    ['epoch', (facts) => ({ ...facts, epoch: 10 })],
    ['certificate of the asker', (facts) => ({ ...facts, asker: { ...facts.asker, fingerprint: 'c'.repeat(64) } })],
    [
      'certificate of the answerer',
      (facts) => ({ ...facts, answerer: { ...facts.answerer, fingerprint: 'c'.repeat(64) } }),
    ],
    ['nonce of the asker', (facts) => ({ ...facts, asker: { ...facts.asker, nonce: newLinkNonce() } })],
    ['nonce of the answerer', (facts) => ({ ...facts, answerer: { ...facts.answerer, nonce: newLinkNonce() } })],
    ['neighbour', (facts) => ({ ...facts, answerer: { ...facts.answerer, peer: facts.asker.peer } })],
  ])('of another %s is refused', async (_what, change) => {
    const { asker, facts } = await meet();
    await expect(checkLinkProof(await shownBy(asker, facts), TICKET, 'asker', change(facts))).rejects.toEqual(refused);
  });

  it.each(['', 'AAAA', '!', 'A'.repeat(43)])('whose ticket part is %j is refused', async (proof) => {
    const { asker, facts } = await meet();
    const shown = { ...(await shownBy(asker, facts)), proof };
    await expect(checkLinkProof(shown, TICKET, 'asker', facts)).rejects.toEqual(refused);
  });

  it('says nothing of the ticket', async () => {
    const { asker, facts } = await meet();
    expect(linkStatement('asker', facts)).not.toContain(TICKET);
    expect(JSON.stringify(await shownBy(asker, facts))).not.toContain(TICKET);
  });
});

it('a nonce is 128 bits in hex and never the same', () => {
  const nonces = Array.from({ length: 50 }, newLinkNonce);
  for (const nonce of nonces) expect(nonce).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(nonces).size).toBe(50);
});

describe('fingerprintOf', () => {
  const pairs = Array.from({ length: 32 }, (_, at) => (at * 7).toString(16).padStart(2, '0').toUpperCase());
  const line = `a=fingerprint:sha-256 ${pairs.join(':')}`;
  const hex = pairs.join('').toLowerCase();
  const sdp = (...lines: string[]) => ['v=0', 's=-', ...lines, 'a=setup:active', ''].join('\r\n');

  it('reads the one that is there, whatever its case and at which level it stands', () => {
    expect(fingerprintOf(sdp(line))).toBe(hex);
    expect(fingerprintOf(sdp(line.toLowerCase()))).toBe(hex);
    expect(fingerprintOf(sdp(line, 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel', line))).toBe(hex);
  });

  it.each<[string, string]>([
    ['none', sdp()],
    ['nothing at all', ''],
    ['two different ones', sdp(line, line.replace('00:07', '01:07'))],
    ['one beside another of a weaker hash', sdp(line, `a=fingerprint:sha-1 ${pairs.slice(0, 20).join(':')}`)],
    ['a weak hash', sdp(`a=fingerprint:sha-1 ${pairs.slice(0, 20).join(':')}`)],
    ['one that is too short', sdp(`a=fingerprint:sha-256 ${pairs.slice(1).join(':')}`)],
    ['one with more behind it', sdp(`${line}:00`)],
  ])('refuses %s', (_what, text) => {
    expect(() => fingerprintOf(text)).toThrow(refused);
  });
});
