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

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];

/** `3` -> `three`; beyond twelve in digits. */
export const inWords = (count: number): string => WORDS[count] ?? count.toLocaleString('en');

/** `1, 3` -> `One of three tabs is here`: `is` stands for the verb of one, `are` for that of several. */
export const someOf = (count: number, whole: number, is: string, are: string): string => {
  const some = inWords(count);
  return `${some.charAt(0).toUpperCase()}${some.slice(1)} of ${inWords(whole)} tabs ${count === 1 ? is : are}`;
};

/** `1` -> `one more is needed`. */
export const moreNeeded = (count: number): string => `${inWords(count)} more ${count === 1 ? 'is' : 'are'} needed`;
