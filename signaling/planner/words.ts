// How numbers are written in reasons, so that they read alike everywhere. Pure.

export const tabs = (count: number): string => (count === 1 ? '1 tab' : `${count.toLocaleString('en')} tabs`);

export const milliseconds = (ms: number): string => `${rounded(ms)} ms`;

export const perSecond = (tokens: number): string => `${rounded(tokens)} tok/s`;

export const gigabytes = (bytes: number): string =>
  bytes >= 1e9 ? `${rounded(bytes / 1e9)} GB` : `${rounded(bytes / 1e6)} MB`;

/** Three digits, or whole. */
const rounded = (value: number): string =>
  Number(value.toPrecision(value >= 1000 ? 15 : 3)).toLocaleString('en', {
    maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0,
  });
