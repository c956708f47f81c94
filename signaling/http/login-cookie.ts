// The cookies of logins, a person's and the owner's: their names, their fields, and how they are read. Set where somebody logs in and
// nowhere else.
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

const LOGIN = 'cp_session';
const ADMIN = 'cp_admin';

/** Longer than any token that was ever made. */
const MAX_TOKEN_CHARS = 200;

export interface LoginCookie {
  /** The token, if it could be one. */
  read(c: Context): string | undefined;
  set(c: Context, token: string, expires: Date): void;
  clear(c: Context): void;
}

/** A person's. Lax: a link from another site leads to a page that knows them. */
export const loginCookie = (publicUrl?: string): LoginCookie => cookieNamed(LOGIN, 'Lax', publicUrl);

/** The server owner’s. */
export const adminCookie = (publicUrl?: string): LoginCookie => cookieNamed(ADMIN, 'Strict', publicUrl);

/** As they travel. */
export const cookieNames = (isHttps: boolean) => {
  const prefix = isHttps ? '__Host-' : '';
  return { login: `${prefix}${LOGIN}`, admin: `${prefix}${ADMIN}` };
};

/**
 * Where people reach the site over https it goes over nothing else, and by its prefix no other host of the domain can set it
 * (RFC 6265bis, 4.1.3.2). A browser would keep no such cookie of a site that it reached over plain http.
 *
 * @param publicUrl where people reach the site, if it is named; else the request says how it came.
 */
function cookieNamed(plainName: string, sameSite: 'Lax' | 'Strict', publicUrl: string | undefined): LoginCookie {
  const fieldsOf = (c: Context) => {
    const secure = (publicUrl ?? c.req.url).startsWith('https:');
    return { path: '/', secure, ...(secure ? { prefix: 'host' as const } : {}) };
  };
  return {
    read(c) {
      const token = getCookie(c, plainName, fieldsOf(c).prefix as 'host');
      return token && token.length <= MAX_TOKEN_CHARS ? token : undefined;
    },
    set: (c, token, expires) => setCookie(c, plainName, token, { ...fieldsOf(c), httpOnly: true, sameSite, expires }),
    clear: (c) => void deleteCookie(c, plainName, fieldsOf(c)),
  };
}
