// What whoever starts a server with https of its own reads: where other devices reach it, how they come to trust it, and what to
// compare. Pure.
import { renderUnicodeCompact } from 'uqr';
import type { OwnTls } from './own-tls.ts';
import { TRUST_PAGE } from './plain-app.ts';

/** Lines for a terminal. */
export function tellTrust({
  authority,
  addresses,
  leftOut,
}: Pick<OwnTls, 'authority' | 'addresses' | 'leftOut'>): string[] {
  const secure = addresses('https');
  const left =
    leftOut.length === 0
      ? []
      : [
          `Its certificate is not for ${leftOut.join(', ')}: the authority was made before these were named. To have them in, ` +
            'remove the folder tls in the data folder; devices then have to trust the next one.',
        ];
  if (secure.length === 0) {
    return [
      'It listens for this machine alone: with --host 0.0.0.0, or without --host, other devices reach it.',
      ...left,
    ];
  }
  const plain = addresses('http');
  const first = `${plain.find((origin) => /^http:\/\/\d/.test(origin)) ?? plain[0]}${TRUST_PAGE}`;
  return [
    `Other devices reach it at ${secure.join(', ')}.`,
    `Each trusts it once: open ${first} there${authority.isNew ? ', for the authority is new' : ''}.`,
    renderUnicodeCompact(first, { border: 2 }),
    `The authority's fingerprint (SHA-256): ${authority.fingerprint}`,
    ...left,
  ];
}
