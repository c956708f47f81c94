// Addresses at which a page that was opened over plain http would be a secure context. Pure.

export interface SecureAddresses {
  /** The same name over https, at its usual port: a TLS proxy rarely stands at the server's own. */
  https: string;
  /** For whoever sits at the machine that runs the server. */
  localhost: string;
}

export function secureAddresses(here: Pick<Location, 'hostname' | 'port' | 'pathname' | 'search'>): SecureAddresses {
  const page = `${here.pathname}${here.search}`;
  return {
    https: `https://${here.hostname}${page}`,
    localhost: `http://localhost${here.port && `:${here.port}`}${page}`,
  };
}
