// Makes the two certificates that a local network needs: an authority's own, which devices are told to trust, and a server's,
// signed by it. Keys are of P-256, which every browser takes. Keeps nothing.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { id_ce_nameConstraints } from '@peculiar/asn1-x509';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { decodeScope, encodeScope, type NameScope, scopeFor } from './name-scope.ts';

/** As long as other people's small authorities live: whoever trusts it does so once. */
export const AUTHORITY_DAYS = 3650;
/** Apple's devices take no server's certificate that lasts longer than 825 days; what is renewed by itself may be short. */
export const SERVER_DAYS = 90;
/** Clocks of devices differ: what is made now is good for those that are a day behind. */
const BEHIND_MS = 24 * 3600_000;
const DAY_MS = 24 * 3600_000;

const SIGNING = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A private key and its certificate, as PEM in one text: what Node's TLS takes for both. */
export type KeyAndCertificate = string;

cryptoProvider.set(webcrypto as Crypto);

const makeKeys = (): Promise<CryptoKeyPair> =>
  webcrypto.subtle.generateKey(SIGNING, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;

const validity = (nowMs: number, days: number): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(nowMs - BEHIND_MS),
  notAfter: new Date(nowMs + days * DAY_MS),
});

async function asText(key: CryptoKey, certificate: X509Certificate): Promise<KeyAndCertificate> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', key);
  return `${PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n${certificate.toString('pem')}\n`;
}

/**
 * An authority that may name what private networks have and `names`, and nothing else.
 *
 * @param machine what people will read in their lists of authorities: whose it is.
 */
export async function makeAuthority(
  machine: string,
  names: readonly string[],
  nowMs: number,
): Promise<KeyAndCertificate> {
  const keys = await makeKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ O: ['ComputePool'] }, { CN: [`ComputePool on ${machine}`] }],
    keys,
    signingAlgorithm: SIGNING,
    ...validity(nowMs, AUTHORITY_DAYS),
    extensions: [
      // It signs servers, and no further authority.
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      new Extension(id_ce_nameConstraints, true, encodeScope(scopeFor(names))),
    ],
  });
  return asText(keys.privateKey, certificate);
}

/** For `names`, all of which must be in the authority's scope: browsers refuse the whole certificate otherwise. */
export async function makeServerCertificate(
  authority: KeyAndCertificate,
  names: readonly string[],
  nowMs: number,
): Promise<KeyAndCertificate> {
  const keys = await makeKeys();
  const issuer = new X509Certificate(certificateOf(authority));
  const certificate = await X509CertificateGenerator.create({
    subject: [{ O: ['ComputePool'] }, { CN: [names[0] ?? 'localhost'] }],
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await webcrypto.subtle.importKey('pkcs8', keyOf(authority), SIGNING, false, ['sign']),
    signingAlgorithm: SIGNING,
    ...validity(nowMs, SERVER_DAYS),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return asText(keys.privateKey, certificate);
}

/** What the authority may name. */
export function scopeOf(authority: KeyAndCertificate): NameScope {
  const found = new X509Certificate(certificateOf(authority)).getExtension(id_ce_nameConstraints);
  return found ? decodeScope(found.value) : { names: [], nets: [] };
}

/** DER. Throws where the text holds no such block. */
const certificateOf = (text: KeyAndCertificate): ArrayBuffer => blockOf(text, 'CERTIFICATE');
const keyOf = (text: KeyAndCertificate): ArrayBuffer => blockOf(text, 'PRIVATE KEY');

function blockOf(text: KeyAndCertificate, type: string): ArrayBuffer {
  const block = PemConverter.decodeWithHeaders(text).find((one) => one.type === type);
  if (!block) throw new Error(`There is no ${type} in it.`);
  return block.rawData;
}
