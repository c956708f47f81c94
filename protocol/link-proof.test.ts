import { describe, expect, it } from 'vitest';
import { type Identity, identityOf, newIdentityKeys } from './identity.ts';
import { checkLink, fingerprintOf, type LinkFacts, newLinkNonce, signLink } from './link-proof.ts';

const refused = expect.objectContaining({ code: 'not-authentic' });

async function meet(): Promise<{ asker: Identity; answerer: Identity; facts: LinkFacts }> {
  const [asker, answerer] = await Promise.all([
    identityOf(await newIdentityKeys()),
    identityOf(await newIdentityKeys()),
  ]);
  const end = ({ peer }: Identity, digit: string) => ({ peer, nonce: newLinkNonce(), fingerprint: digit.repeat(64) });
  return { asker, answerer, facts: { epoch: 9, asker: end(asker, 'a'), answerer: end(answerer, 'b') } };
}

async function shownBy(identity: Identity, facts: LinkFacts) {
  return { publicKey: identity.publicKey, signature: await signLink(identity, 'asker', facts) };
}

describe('a link proof', () => {
  it('of the right key for this connection is accepted', async () => {
    const { asker, facts } = await meet();
    await expect(checkLink(await shownBy(asker, facts), 'asker', facts)).resolves.toBeUndefined();
  });

  it('of the other role is refused, so that nothing can be sent back where it came from', async () => {
    const { asker, facts } = await meet();
    await expect(checkLink(await shownBy(asker, facts), 'answerer', facts)).rejects.toEqual(refused);
  });

  it('of another key than the id’s is refused', async () => {
    const { answerer, facts } = await meet();
    await expect(checkLink(await shownBy(answerer, facts), 'asker', facts)).rejects.toEqual(refused);
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
    await expect(checkLink(await shownBy(asker, facts), 'asker', change(facts))).rejects.toEqual(refused);
  });

  it.each(['', 'AAAA', '!', 'A'.repeat(86)])('whose signature is %j is refused', async (signature) => {
    const { asker, facts } = await meet();
    await expect(checkLink({ publicKey: asker.publicKey, signature }, 'asker', facts)).rejects.toEqual(refused);
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
