// One configured value from its text, or the rest of a sentence that says what it must be. Pure; knows no option's name, and
// loads no schema: those of the few values that are JSON are in `parse-json-value.ts`, which is loaded where one is set.

import { MICROS_PER_CREDIT } from '../../protocol/credits.ts';
import { MAX_STAGES } from '../../protocol/limits.ts';
import { ORIGIN_PATTERN } from '../../protocol/names.ts';
import { nodesOf } from './nodes-of.ts';

/** What a value must be, e.g. "a whole number from 0 to 65535"; the reader adds the name and what was there. */
export class Misfit extends Error {}

export type ParseValue<T> = (text: string) => T;

export const anyText: ParseValue<string> = (text) => {
  if (text.trim() === '' || text.includes('\0')) throw new Misfit('text that is not empty');
  return text;
};

export const wholeNumber =
  (low: number, high: number): ParseValue<number> =>
  (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= low && value <= high) return value;
    throw new Misfit(`a whole number from ${low} to ${high}`);
  };

/** `all`, or how many. */
export const stageCount: ParseValue<number | 'all'> = (text) =>
  text === 'all' ? text : wholeNumber(1, MAX_STAGES)(text);

export const oneOf =
  <T extends string>(...words: readonly T[]): ParseValue<T> =>
  (text) => {
    const found = words.find((word) => word === text);
    if (found === undefined) throw new Misfit(`one of ${words.join(', ')}`);
    return found;
  };

export const matching =
  (pattern: RegExp, expected: string): ParseValue<string> =>
  (text) => {
    if (!pattern.test(text)) throw new Misfit(expected);
    return text;
  };

export const yesOrNo: ParseValue<boolean> = (text) => {
  if (['true', '1', 'yes'].includes(text)) return true;
  if (['false', '0', 'no'].includes(text)) return false;
  throw new Misfit('true or false');
};

/** Credits with at most six places, as whole micros. Read from the text: 0.1 has no exact binary form. */
export const creditsInMicros: ParseValue<number> = (text) => {
  const [, whole = '', part = ''] = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (whole === '') throw new Misfit('a number of credits from 0 to 999999999, with at most 6 decimal places');
  return Number(whole) * MICROS_PER_CREDIT + Number(part.padEnd(6, '0'));
};

/** Dollars for a million tokens, as whole pico-dollars for one: a millionth of a dollar for a million is one of them. */
export const dollarsPerMillion: ParseValue<number> = (text) => {
  const [, whole = '', part = ''] = /^(\d{1,4})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  const pico = Number(whole) * MICROS_PER_CREDIT + Number(part.padEnd(6, '0'));
  if (whole === '' || pico === 0)
    throw new Misfit('a number of dollars above 0 and up to 9999, with at most 6 decimal places');
  return pico;
};

/** An http(s) address or a path of this site, without slashes at the end. */
export const hubAddress: ParseValue<string> = (text) => {
  const url = webUrl(text);
  if ((url && !url.username && !url.password) || /^\/(?!\/)/.test(text)) return text.replace(/\/+$/, '');
  throw new Misfit('an http(s) address or a path of this site');
};

/** Addresses of nodes: keys of their providers may be anywhere in them. */
export const nodeAddress: ParseValue<string> = (text) => {
  const isWeb = nodesOf(text).every((one) => webUrl(one));
  if (!isWeb) throw new Misfit('an http(s) address, or several with commas between them');
  return text;
};

/** Scheme, host and port, with or without a path. */
export const publicAddress: ParseValue<string> = (text) => {
  const url = webUrl(text);
  if (!url || url.username || url.password || url.search || url.hash)
    throw new Misfit('an http(s) address without a query');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
};

/** `*`, or origins with commas between them; "" is none. */
export const origins: ParseValue<'*' | string[]> = (text) => {
  if (text.trim() === '*') return '*';
  const listed = text.split(',').map((one) => one.trim());
  return listed.filter(Boolean).map((one) => {
    const url = webUrl(one);
    // `https://*.example` is a URL, and no page's origin.
    if (!url || url.hostname.includes('*') || url.origin !== one.replace(/\/$/, '').toLowerCase())
      throw new Misfit('* or origins such as https://app.example, with commas between them');
    return url.origin;
  });
};

/** The same, of what may stand in a header that says who frames a page. */
export const framers: ParseValue<'*' | string[]> = (text) => {
  const listed = origins(text);
  if (listed !== '*' && !listed.every((origin) => ORIGIN_PATTERN.test(origin)))
    throw new Misfit('* or origins such as https://app.example, with commas between them; no IPv6 address');
  return listed;
};

/** Names of hosts with commas between them, without scheme and port; "" is none. */
export const hostNames: ParseValue<string[]> = (text) => {
  const listed = text.split(',').map((one) => one.trim());
  return listed.filter(Boolean).map((one) => {
    const name = one.toLowerCase().replace(/\.$/, '');
    if (name.length > 253 || !HOST_NAME.test(name))
      throw new Misfit('names of hosts such as pool.example, with commas between them, without scheme and port');
    return name;
  });
};

/** Underscores are in no host's name (RFC 1123, 2.1), and in those of many containers. */
export const HOST_NAME = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/;

export const postgresUrl: ParseValue<string> = (text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if ((url?.protocol === 'postgres:' || url?.protocol === 'postgresql:') && url.pathname.length > 1) return text;
  throw new Misfit('an address such as postgres://user:password@host:5432/database');
};

/** Long enough that it cannot be guessed over HTTP. */
export const secretToken: ParseValue<string> = (text) => {
  if (!/^[\x21-\x7e]{16,200}$/.test(text)) throw new Misfit('16 to 200 visible characters without spaces');
  return text;
};

/** 32 bytes in base64, with or without its padding, base64url or hex; undefined for anything else. */
export function decodeSealKey(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  return /^[\w+/-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

export const sealKey: ParseValue<string> = (text) => {
  if (!decodeSealKey(text)) throw new Misfit('32 bytes in base64 or hex, such as openssl rand -base64 32 gives');
  return text;
};

function webUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : undefined;
}
