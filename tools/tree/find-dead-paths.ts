// Paths that a document mentions and that are not there. Pure.
import { posix } from 'node:path';

/**
 * Reads links `[text](path)` and spans in backticks. A span counts as a path when it begins with a folder of the
 * repository; one with a placeholder (`<name>`, `*`, `{a,b}`, an ellipsis) names no file. Links are relative to the
 * document, spans to the root or to the document. Code blocks are not read: they show commands and their output.
 */
export function findDeadPaths(document: string, text: string, files: readonly string[]): string[] {
  const known = new Set(files.flatMap(withFolders));
  const tops = new Set(files.filter((path) => path.includes('/')).map((path) => path.split('/')[0] ?? ''));
  const home = posix.dirname(document);
  const exists = (path: string): boolean => known.has(posix.normalize(path).replace(/\/$/, ''));
  return text
    .replace(/^(```|~~~)[\s\S]*?^\1/gm, blank)
    .split('\n')
    .flatMap((line, at) => {
      const links = [...line.matchAll(/\]\(<?([^)\s>]+)>?[^)]*\)/g)].map((match) => match[1] ?? '').filter(isLocal);
      const dead = links.filter((link) => !exists(posix.join(home, stripAnchor(link))));
      const spans = [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
      for (const span of spans.filter((each) => looksLikePath(each, tops))) {
        const path = stripLine(span);
        if (!exists(path) && !exists(posix.join(home, path))) dead.push(span);
      }
      return dead.map((path) => `${document}:${at + 1} mentions ${path}, which is not there`);
    });
}

/** Keeps line numbers. */
const blank = (block: string): string => block.replace(/[^\n]/g, '');

const withFolders = (path: string): string[] => {
  const parts = path.split('/');
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
};

const isLocal = (link: string): boolean => !/^([a-z][a-z0-9+.-]*:|#|\/)/i.test(link);
const stripAnchor = (link: string): string => link.replace(/[#?].*$/, '');
/** `app/page.tsx:12` points at a line. */
const stripLine = (span: string): string => span.replace(/:\d+(-\d+)?$/, '');

const looksLikePath = (span: string, tops: ReadonlySet<string>): boolean =>
  /^\.?[\w@.-]+(\/[\w@.()[\]-]+)*\/?(:\d+(-\d+)?)?$/.test(span) &&
  span.includes('/') &&
  !span.includes('...') &&
  tops.has(span.split('/')[0] ?? '');
