// What a page may load and who may frame it. The site is a static export with inline scripts, so their hashes are taken
// from each page's own file; nothing else inline runs. Never relaxed by a request.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
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

/**
 * The policy of a page. Each line says why it is not narrower.
 *
 * @param hubUrl the configured hub: its origin is named even when it is plain http.
 */
export function contentSecurityPolicy(scriptHashes: readonly string[], hubUrl: string): string {
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
    'frame-ancestors': ["'self'"],
  };
  return Object.entries(directives)
    .map(([name, values]) => [name, ...new Set(values)].join(' '))
    .join('; ');
}

/** Headers of a file of the site. */
export type HeadersOf = (file: FoundFile) => Promise<Record<string, string>>;

/**
 * Pages get a policy with the hashes of their own scripts, computed again when the file changes. Scripts get one too:
 * a worker obeys the policy of its own file, not that of the page.
 */
export function createPageHeaders(hubUrl: string): HeadersOf {
  const policies = new Map<string, { modifiedMs: number; sizeBytes: number; policy: string }>();
  const forScripts = contentSecurityPolicy([], hubUrl);
  return async (file) => {
    if (/\.m?js$/.test(file.path)) return { 'Content-Security-Policy': forScripts };
    if (!file.path.endsWith('.html')) return {};
    const known = policies.get(file.path);
    if (known?.modifiedMs === file.modifiedMs && known.sizeBytes === file.sizeBytes) return pageHeaders(known.policy);
    const html = file.sizeBytes <= MAX_PAGE_BYTES ? await readFile(file.path, 'utf8') : '';
    const policy = contentSecurityPolicy(inlineScriptHashes(html), hubUrl);
    if (policies.size >= MAX_PAGES) policies.clear();
    policies.set(file.path, { modifiedMs: file.modifiedMs, sizeBytes: file.sizeBytes, policy });
    return pageHeaders(policy);
  };
}

/** X-Frame-Options says frame-ancestors once more to browsers that only know it. */
const pageHeaders = (policy: string): Record<string, string> => ({
  'Content-Security-Policy': policy,
  'X-Frame-Options': 'SAMEORIGIN',
});
