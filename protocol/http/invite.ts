// What an invite code looks like: sixteen signs in groups of four, as a person reads them out. Pure.

/** Crockford's alphabet: no sign looks like another. 32 signs, so that a byte modulo their number favours none. */
export const CODE_SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 80 bits: nobody guesses one at ten tries a minute. */
export const CODE_SIGN_COUNT = 16;
/** As far as one is read. */
export const MAX_CODE_CHARS = 40;

/** As it is shown: `7K2M-…`. */
export const formatCode = (signs: string): string => signs.replace(/(.{4})(?=.)/g, '$1-');

/** As it is kept and compared: however somebody typed it; undefined for what is no code. */
export function readCode(typed: string): string | undefined {
  if (typed.length > MAX_CODE_CHARS) return undefined;
  const signs = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  const isCode = signs.length === CODE_SIGN_COUNT && [...signs].every((sign) => CODE_SIGNS.includes(sign));
  return isCode ? signs : undefined;
}
