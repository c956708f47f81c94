// Which of the repository's documents the site shows, in the order in which they are listed, and how they are read: when it is built.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** By the name in the address; each is `docs/NAME.md` with the name in capitals. Pictures are looked at in the repository. */
export const DOCS = [
  ...['api', 'widget', 'payments', 'deploy', 'operate', 'limits', 'threat-model', 'words'],
  ...['architecture', 'protocol', 'planner', 'benchmarks', 'testing'],
] as const;
export type DocName = (typeof DOCS)[number];

export interface Doc {
  name: DocName;
  title: string;
  /** The first paragraph, as plain text. */
  about: string;
  markdown: string;
}

export const fileOf = (name: string): string => `${name.toUpperCase().replaceAll('-', '_')}.md`;

export const readDoc = (name: DocName): Doc =>
  parseDoc(name, readFileSync(join(process.cwd(), 'docs', fileOf(name)), 'utf8'));

/** Throws for a document without a title. */
export function parseDoc(name: DocName, markdown: string): Doc {
  const [, title, , rest = ''] = /^# (.+)\n(\n)?([\s\S]*)$/.exec(markdown) ?? [];
  if (!title) throw new Error(`The document ${fileOf(name)} begins without a title.`);
  const [first = ''] = rest.trim().split(/\n\s*\n/);
  return { name, title, about: plain(first), markdown: rest };
}

/** A sentence or two of it, without marks and links. */
const plain = (paragraph: string): string =>
  paragraph
    .replace(/\s+/g, ' ')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*]/g, '')
    .split(/(?<=\.) /)
    .slice(0, 2)
    .join(' ');

const NAMES = new Map<string, DocName>(DOCS.map((name) => [fileOf(name), name]));

/**
 * Where a link of a document leads on the site; undefined for what only the repository has. Documents link to each other by their
 * files, to receipts and to plots.
 */
export function linkOf(href: string): string | undefined {
  if (/^(https?:|#)/.test(href)) return href;
  const [path = '', hash] = href.split('#');
  const name = NAMES.get(path);
  if (name) return `/docs/${name}${hash ? `#${hash}` : ''}`;
  return /^(receipts|plots)\/[\w.-]+$/.test(path) ? `/${path}` : undefined;
}

/** The anchor of a heading, as GitHub makes it: links in the documents are written for that. */
export const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
