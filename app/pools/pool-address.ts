// Addresses of a pool: its page, its routes. Pure. A pool's id has characters that a path must escape.

export const poolPage = (id: string): string => `/pools?pool=${encodeURIComponent(id)}`;

export const poolRoute = (id: string, rest = ''): string => `/api/pools/${encodeURIComponent(id)}${rest}`;
