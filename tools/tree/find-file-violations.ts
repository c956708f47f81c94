// Rules on single files: length, header comment, no path of a machine. Pure: text in, sentences out.

/** A file that passes 300 lines asks to be two; here it is stopped. Generated files are not counted. */
export const MAX_LINES = 350;
const GENERATED = /^(next-env\.d\.ts|protocol\/abi\/)/;

export function findLongFile(path: string, text: string): string[] {
  if (GENERATED.test(path)) return [];
  const lines = text.split('\n').length - Number(text.endsWith('\n'));
  return lines > MAX_LINES ? [`${path} has ${lines} lines; ${MAX_LINES} is the most: make it two files`] : [];
}

/** A module says first what it owns and what it must never do. */
export function findMissingHeader(path: string, text: string): string[] {
  return /^(#!.*\n)?\/[/*]/.test(text) ? [] : [`${path} begins without a comment that says what it owns`];
}

/** Homes of people and of this project's own machines; a place that every system has (/usr/bin, /tmp) is fine. */
const MACHINE_PATHS = [
  /(?<![\w.~-])\/(?:home|Users)\/[A-Za-z][\w.-]*/,
  /(?<![\w.~-])\/root\/[\w.-]+/,
  /(?<![\w.~-])\/work\/[\w.-]+/,
  /(?<![\w.~-])\/(?:opt|mnt|srv)\/[\w.-]+\/[\w.-]+/,
  /\b[A-Z]:\\Users\\/,
];

export function findMachinePaths(path: string, text: string): string[] {
  // Weights and pictures are no text.
  if (text.includes('\0')) return [];
  return text.split('\n').flatMap((line, at) => {
    // Addresses of the web may have such folders.
    const found = MACHINE_PATHS.map((pattern) => line.replace(/https?:\/\/\S+/g, '').match(pattern)?.[0]).find(Boolean);
    return found ? [`${path}:${at + 1} has a path of one machine: ${found}`] : [];
  });
}

/** Where packages come from is the reader's npm's matter: a lockfile that names a mirror works on one network only. */
export function findForeignRegistry(path: string, text: string): string[] {
  const hosts = new Set([...text.matchAll(/"resolved": "https?:\/\/([^/"]+)/g)].map((match) => match[1]));
  hosts.delete('registry.npmjs.org');
  return [...hosts].map((host) => `${path} fetches packages from ${host}`);
}
