// Where a device wanted to go before it was told to trust this server. Pure.

/** A page of this very site, whatever the address says: a browser reads two slashes, of either kind, as another site. */
export function wishOf(query: URLSearchParams): string {
  const to = query.get('to') ?? '/';
  if (!/^\/(?![/\\])/.test(to)) return '/';
  const base = 'https://this.invalid';
  const url = URL.canParse(to, base) ? new URL(to, base) : undefined;
  return url?.origin === base ? `${url.pathname}${url.search}${url.hash}` : '/';
}

/** The same page over https, at the name that this one was opened at. */
export const secureAddress = ({ host }: Pick<Location, 'host'>, wish: string): string => `https://${host}${wish}`;
