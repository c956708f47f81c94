// Whose page a browser says that a request comes from. One rule for all that depends on it: changing anything under /api, and
// believing a cookie. Hosts are compared, not schemes: behind a proxy that ends TLS this process only sees http.

/** `own`: a page of this very site. `other`: another site's. `none`: no page, as far as anybody says. */
export type Sender = 'own' | 'other' | 'none';

/**
 * Reads `Sec-Fetch-Site` where the browser sends it, else `Origin` against `Host`; a page can forge neither.
 *
 * @param ownOrigin where people reach the site, if that is another address than `Host` says.
 */
export function senderOf(headers: { get(name: string): string | null }, ownOrigin?: string): Sender {
  const site = headers.get('sec-fetch-site');
  // A site that shares our parent domain is another site all the same.
  if (site !== null) return site === 'same-origin' ? 'own' : site === 'none' ? 'none' : 'other';
  const origin = headers.get('origin');
  if (origin === null) return 'none';
  if (ownOrigin !== undefined && origin === ownOrigin) return 'own';
  const host = headers.get('host');
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (!url || !host || !URL.canParse(`${url.protocol}//${host}`)) return 'other';
  return url.host === new URL(`${url.protocol}//${host}`).host ? 'own' : 'other';
}

/** The origin of the address that `--public-url` names. */
export const originOf = (publicUrl: string | undefined): string | undefined =>
  publicUrl === undefined ? undefined : new URL(publicUrl).origin;
