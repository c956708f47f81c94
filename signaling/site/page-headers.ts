// What a page may load and who may frame it. The site is a static export with inline scripts, so their hashes are taken
// from each page's own file; nothing else inline runs. Never relaxed by a request.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { FoundFile } from './find-file.ts';

/** On every answer. No COOP or COEP: they break wallet popups, and WebGPU needs neither. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), midi=()',
};

/** Pages that are remembered: the export has a handful. */
const MAX_PAGES = 200;
/** A page of the export has some 15 KB. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;
const SCRIPT = /<script\b([^>]*)>([\s\S]*?)<\/script\s*>/gi;

/** `'sha256-…'` of each inline script, as browsers compute it: over the text between the tags, UTF-8 (CSP 3, 6.7.3.3). */
export function inlineScriptHashes(html: string): string[] {
  const hashes = new Set<string>();
  for (const [, attributes = '', body = ''] of html.matchAll(SCRIPT)) {
    if (/\ssrc\s*=/i.test(attributes) || body === '') continue;
    hashes.add(`'sha256-${createHash('sha256').update(body).digest('base64')}'`);
  }
  return [...hashes];
}

/** Origins whose pages may show a page in a frame, checked before (`protocol/embed.ts`); `*` is any. */
export type Framers = '*' | readonly string[];

/**
 * The policy of a page. Each line says why it is not narrower.
 *
 * @param hubUrl the configured hub: its origin is named even when it is plain http.
 */
export function contentSecurityPolicy(scriptHashes: readonly string[], hubUrl: string, framers: Framers = []): string {
  const hub = URL.canParse(hubUrl) ? [new URL(hubUrl).origin] : [];
  const directives: Record<string, string[]> = {
    'default-src': ["'self'"],
    // WebAssembly is compiled in page and worker; no eval of text.
    'script-src': ["'self'", "'wasm-unsafe-eval'", ...scriptHashes],
    // The bundler emits the worker as a file.
    'worker-src': ["'self'"],
    // A hub redirects to a CDN whose name changes, so any https; ws: because older browsers do not count it as 'self'.
    // Loopback for a mirror on one's own machine.
    'connect-src': ["'self'", 'https:', 'wss:', 'ws:', ...hub, 'http://127.0.0.1:*', 'http://localhost:*'],
    // React writes style attributes (widths of bars, places in a picture).
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'font-src': ["'self'"],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-src': ["'none'"],
    'frame-ancestors': ["'self'", ...(framers === '*' ? ['*'] : framers)],
  };
  return Object.entries(directives)
    .map(([name, values]) => [name, ...new Set(values)].join(' '))
    .join('; ');
}

/** Headers of a file of the site, as it was asked for. */
export type HeadersOf = (file: FoundFile, query: URLSearchParams) => Promise<Record<string, string>>;

/** The one page that pages of other sites may frame: those of the pool that its address names. */
const EMBED = 'embed.html';

/**
 * Pages get a policy with the hashes of their own scripts, computed again when the file changes. Scripts get one too:
 * a worker obeys the policy of its own file, not that of the page.
 *
 * @param framersOf by `pool` of the address of the chat that may be framed; null: it names none.
 */
export function createPageHeaders(hubUrl: string, framersOf: (pool: string | null) => Framers = () => []): HeadersOf {
  const known = new Map<string, { modifiedMs: number; sizeBytes: number; hashes: readonly string[] }>();
  const forScripts = contentSecurityPolicy([], hubUrl);
  const hashesOf = async (file: FoundFile): Promise<readonly string[]> => {
    const before = known.get(file.path);
    if (before?.modifiedMs === file.modifiedMs && before.sizeBytes === file.sizeBytes) return before.hashes;
    const html = file.sizeBytes <= MAX_PAGE_BYTES ? await readFile(file.path, 'utf8') : '';
    const hashes = inlineScriptHashes(html);
    if (known.size >= MAX_PAGES) known.clear();
    known.set(file.path, { modifiedMs: file.modifiedMs, sizeBytes: file.sizeBytes, hashes });
    return hashes;
  };
  return async (file, query) => {
    if (/\.m?js$/.test(file.path)) return { 'Content-Security-Policy': forScripts };
    if (!file.path.endsWith('.html')) return {};
    const isEmbed = basename(file.path) === EMBED;
    const framers = isEmbed ? framersOf(query.get('pool')) : [];
    return {
      'Content-Security-Policy': contentSecurityPolicy(await hashesOf(file), hubUrl, framers),
      // Says frame-ancestors once more to browsers that only know it; of a list it has no word.
      ...(framers.length === 0 ? { 'X-Frame-Options': 'SAMEORIGIN' } : {}),
      // Who may frame it changes while the file does not, and browsers keep headers of what is not modified.
      ...(isEmbed ? { 'Cache-Control': 'no-store' } : {}),
    };
  };
}
