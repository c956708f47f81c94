// Whether a browser says that a page of this very site made the request. Guards what a cookie alone would allow.
// Hosts are compared, not schemes: behind a proxy that ends TLS this process only sees http.

/** `Sec-Fetch-Site` where the browser sends it, else `Origin` against `Host`. Neither: not known to be ours. */
export function isSameOrigin(headers: { get(name: string): string | null }): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = headers.get('origin');
  const host = headers.get('host');
  if (!origin || !host) return false;
  try {
    const url = new URL(origin);
    return url.host === new URL(`${url.protocol}//${host}`).host;
  } catch {
    return false;
  }
}
