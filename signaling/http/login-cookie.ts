// The cookie of a login: its name, its fields, and how it is read. Set where somebody logs in and nowhere else.
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

const NAME = 'cp_session';

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

/**
 * Where people reach the site over https it goes over nothing else, and by its prefix no other host of the domain can set it
 * (RFC 6265bis, 4.1.3.2). A browser would keep no such cookie of a site that it reached over plain http.
 *
 * @param publicUrl where people reach the site, if it is named.
 */
export function loginCookie(publicUrl?: string): LoginCookie {
  const secure = publicUrl?.startsWith('https:') ?? false;
  const prefix = secure ? ('host' as const) : undefined;
  const fields = { path: '/', secure, ...(prefix ? { prefix } : {}) } as const;
  return {
    name: secure ? `__Host-${NAME}` : NAME,
    read(c) {
      const token = getCookie(c, NAME, prefix as 'host');
      return token && token.length <= MAX_TOKEN_CHARS ? token : undefined;
    },
    set: (c, token, expires) => setCookie(c, NAME, token, { ...fields, httpOnly: true, sameSite: 'Lax', expires }),
    clear: (c) => void deleteCookie(c, NAME, fields),
  };
}
