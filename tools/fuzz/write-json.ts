// JSON text with numbers that `JSON.stringify` would not write, and nesting that it could not follow. Pure.

const MARK = '@raw:';

/** Stand for themselves in the text that `writeJson` makes. `NaN` is no JSON, and is sent all the same. */
export const RAW_TOKENS: readonly string[] = [
  ...['NaN', '-0', '-0.0', '1e999', '-Infinity', '2147483648', '9007199254740992', '9007199254740993'],
  ...['18446744073709551616', '1E400', '0.1e-400', '01', '1_000', '"\\ud800"', '{"__proto__":{"polluted":true}}'],
].map((token) => MARK + token);

/** A list in a list in a list: as text, since writing it otherwise would overflow the writer's own stack. */
export const nested = (depth: number): string => `${MARK}${'['.repeat(depth)}${']'.repeat(depth)}`;

export const writeJson = (value: unknown): string =>
  (JSON.stringify(value) ?? 'null').replaceAll(/"@raw:((?:[^"\\]|\\.)*)"/g, (_, token: string) =>
    JSON.parse(`"${token}"`),
  );
