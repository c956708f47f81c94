// Keeps an authority and a server's certificate in a folder that is nobody else's to read: made at the first need, renewed
// before they expire and when the machine has other names. Writes those two files and no other.
import { createHash, X509Certificate } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { UsageError } from '../config/usage-error.ts';
import { isOpenToOthers } from '../db/data-folder.ts';
import { makeFolder } from '../db/make-folder.ts';
import { type KeyAndCertificate, makeAuthority, makeServerCertificate, scopeOf } from './make-certificates.ts';
import { isInScope } from './name-scope.ts';

const AUTHORITY_FILE = 'authority.pem';
const SERVER_FILE = 'server.pem';

const DAY_MS = 24 * 3600_000;
/** Before its end a server's certificate is made anew; it is looked at each hour. */
const SERVER_LEFT_MS = 30 * DAY_MS;
/** Whoever trusts the authority has to be told of the next one: not in the last days of the old one's server. */
const AUTHORITY_LEFT_MS = 120 * DAY_MS;

export interface KeepOptions {
  folder: string;
  /** For people: whose authority it is. */
  machine: string;
  /** What the certificate is for, asked each time that it is looked at: a machine moves between networks. */
  names(): readonly string[];
  nowMs?(): number;
  /** Other users of the machine may have read the key of the authority. */
  onOpenToOthers?(path: string): void;
}

export interface KeptCertificates {
  /** Key and certificate of the server, for TLS. */
  readonly server: KeyAndCertificate;
  /** Names that it is good for, in the order that they were given. */
  readonly names: readonly string[];
  /** Names that the authority may not speak for: it was made before they were given. */
  readonly leftOut: readonly string[];
  readonly authority: {
    /** The certificate that devices are told to trust. */
    der: Buffer;
    /** SHA-256 of it, as systems show it: pairs of hex digits with colons. */
    fingerprint: string;
    expires: Date;
    /** It was made by this call: nobody trusts it yet. */
    isNew: boolean;
  };
}

/**
 * Reads, or makes, both. Again after a while it gives the same, or what has taken its place.
 *
 * @throws UsageError for a file that holds something else.
 * @example
 * const { server } = await keepCertificates({ folder: '.data/tls', machine: 'desk', names: () => ['desk.local'] });
 */
export async function keepCertificates({ folder, ...options }: KeepOptions): Promise<KeptCertificates> {
  const nowMs = options.nowMs?.() ?? Date.now();
  const wanted = options.names();
  makeFolder(folder);
  chmodSync(folder, 0o700);
  const path = join(folder, AUTHORITY_FILE);
  const kept = read(path, options.onOpenToOthers);
  const isFit = kept !== undefined && endsAtMs(kept) - nowMs > AUTHORITY_LEFT_MS;
  const authority = isFit ? kept : await makeAuthority(options.machine, wanted, nowMs);
  if (!isFit) write(path, authority);
  const scope = scopeOf(authority);
  const names = wanted.filter((name) => isInScope(name, scope));
  const own = new X509Certificate(authority);
  return {
    server: await keepServer(join(folder, SERVER_FILE), { authority, own, names, nowMs }),
    names,
    leftOut: wanted.filter((name) => !names.includes(name)),
    authority: {
      der: own.raw,
      fingerprint: fingerprintOf(own.raw),
      expires: new Date(own.validTo),
      isNew: !isFit,
    },
  };
}

interface ServerNeeds {
  authority: KeyAndCertificate;
  own: X509Certificate;
  names: readonly string[];
  nowMs: number;
}

async function keepServer(path: string, { authority, own, names, nowMs }: ServerNeeds): Promise<KeyAndCertificate> {
  const kept = read(path);
  if (kept !== undefined && endsAtMs(kept) - nowMs > SERVER_LEFT_MS) {
    const certificate = new X509Certificate(kept);
    const isOurs = certificate.verify(own.publicKey);
    // A name that the machine has no more does no harm until the next one is made.
    if (isOurs && names.every((name) => isNamed(name, certificate))) return kept;
  }
  const made = await makeServerCertificate(authority, names, nowMs);
  write(path, made);
  return made;
}

const isNamed = (name: string, certificate: X509Certificate): boolean =>
  (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;

const endsAtMs = (text: KeyAndCertificate): number => Date.parse(new X509Certificate(text).validTo);

function fingerprintOf(der: Buffer): string {
  const hex = createHash('sha256').update(der).digest('hex').toUpperCase();
  return hex.match(/../g)!.join(':');
}

/** Undefined where there is none. */
function read(path: string, onOpenToOthers?: (path: string) => void): KeyAndCertificate | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return undefined;
  if (isOpenToOthers(stat.mode)) onOpenToOthers?.(path);
  try {
    const text = readFileSync(path, 'utf8');
    new X509Certificate(text);
    if (!text.includes('PRIVATE KEY')) throw new Error('there is no key in it');
    return text;
  } catch (cause) {
    throw new UsageError(
      `The certificate ${path} cannot be used: ${(cause as Error).message}. Bring it back from a copy, or remove it: ` +
        'a new one is made, and devices that trust an authority of before have to trust the new one.',
      { cause },
    );
  }
}

/** Whole or not at all: a key without its certificate is nobody's. */
function write(path: string, text: KeyAndCertificate): void {
  const draft = `${path}.new`;
  const file = openSync(draft, 'w', 0o600);
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(draft, path);
}
