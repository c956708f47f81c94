// Whether a text that somebody signed for the server at a host was signed for this one. A browser signs the host that it dialled,
// so that what is signed for another server means nothing here. Pure.

export interface DialledHostOptions {
  /** The `Host` of the very request that brings the text. */
  asked: string | undefined;
  /** Where people reach the site, behind a proxy that asks by another name. */
  publicUrl: string | undefined;
}

export const isDialledHost = (host: string, { asked, publicUrl }: DialledHostOptions): boolean => {
  const own = [asked, publicUrl === undefined ? undefined : new URL(publicUrl).host];
  return own.some((name) => name?.toLowerCase() === host.toLowerCase());
};
