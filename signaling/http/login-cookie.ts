// The cookies of logins, a person's and the owner's: their names, their fields, and how they are read. Set where somebody logs in and
// nowhere else.
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

/** Longer than any token that was ever made. */
const MAX_TOKEN_CHARS = 200;

export interface LoginCookie {
  /** As it travels. */
  readonly name: string;
  /** The token, if it could be one. */
  read(c: Context): string | undefined;
  set(c: Context, token: string, expires: Date): void;
  clear(c: Context): void;
}

/** A person's. Lax: a link from another site leads to a page that knows them. */
export const loginCookie = (publicUrl?: string): LoginCookie => cookieNamed('cp_session', 'Lax', publicUrl);

/** The server owner’s. */
export const adminCookie = (publicUrl?: string): LoginCookie => cookieNamed('cp_admin', 'Strict', publicUrl);

/**
 * Where people reach the site over https it goes over nothing else, and by its prefix no other host of the domain can set it
 * (RFC 6265bis, 4.1.3.2). A browser would keep no such cookie of a site that it reached over plain http.
 *
 * @param publicUrl where people reach the site, if it is named.
 */
function cookieNamed(plainName: string, sameSite: 'Lax' | 'Strict', publicUrl: string | undefined): LoginCookie {
  const secure = publicUrl?.startsWith('https:') ?? false;
  const prefix = secure ? ('host' as const) : undefined;
  const fields = { path: '/', secure, ...(prefix ? { prefix } : {}) } as const;
  return {
    name: secure ? `__Host-${plainName}` : plainName,
    read(c) {
      const token = getCookie(c, plainName, prefix as 'host');
      return token && token.length <= MAX_TOKEN_CHARS ? token : undefined;
    },
    set: (c, token, expires) => setCookie(c, plainName, token, { ...fields, httpOnly: true, sameSite, expires }),
    clear: (c) => void deleteCookie(c, plainName, fields),
  };
}
