// Whether a name in an address means the device that it is written on. Pure.

/** As `location.hostname` gives it: names of this device (RFC 6761, 6.3), its loopback addresses, and "any address". */
export const isOwnDevice = (hostname: string): boolean =>
  /^(?:(?:.+\.)?localhost\.?|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\])$/i.test(hostname);
