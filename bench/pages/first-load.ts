// What a page loads of programs before anybody has pressed anything: every script, those that it fetches late and those of workers
// included, as it travels with gzip.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { SITE_DIR } from '../../tools/site/ensure-built.ts';
import { newContext } from './new-context.ts';

/** Nothing more comes by itself after that. */
const REST_MS = 4_000;

export interface FirstLoad {
  path: string;
  gzipBytes: number;
  scripts: { name: string; gzipBytes: number }[];
}

export async function measureFirstLoad(browser: Browser, siteUrl: string, path: string): Promise<FirstLoad> {
  const context = await newContext(browser);
  try {
    const page = await context.newPage();
    const names = new Set<string>();
    page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      if (/\.m?js$/.test(pathname)) names.add(pathname);
    });
    await page.goto(`${siteUrl}${path}`, { waitUntil: 'networkidle' });
    await page.waitForTimeout(REST_MS);
    const scripts = [...names].sort().map((name) => ({ name, gzipBytes: travelBytes(name) }));
    return { path, gzipBytes: scripts.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0), scripts };
  } finally {
    await context.close();
  }
}

/** Bytes of the twin that the build wrote; what gets no smaller has none. */
function travelBytes(pathname: string): number {
  const file = join(SITE_DIR, decodeURIComponent(pathname));
  return statSync(existsSync(`${file}.gz`) ? `${file}.gz` : file).size;
}
