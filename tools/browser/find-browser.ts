// Looks for a Chromium that starts. Installs nothing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

export interface FoundBrowser {
  path: string;
  /** As it says itself, e.g. "Chromium 156.0.8078.79". */
  version: string;
}

const NAMES = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser'];

/** Where an installer puts it without a word on PATH. */
const PLACES: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: ['/usr/bin', '/usr/local/bin', '/snap/bin'].flatMap((folder) => NAMES.map((name) => join(folder, name))),
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) =>
    process.env[name] ? [join(process.env[name], 'Google/Chrome/Application/chrome.exe')] : [],
  ),
};

/** A cold start from a slow disk. */
const VERSION_TIMEOUT_MS = 30_000;

/** Paths in order of preference: what was asked for, the system's, Playwright's own. Pure but for Playwright's path. */
export function browserCandidates(env: Record<string, string | undefined>, platform: NodeJS.Platform): string[] {
  // Who names one means that one: a fallback would hide a wrong path.
  if (env.CHROMIUM_PATH) return [env.CHROMIUM_PATH];
  const folders = platform === 'win32' ? [] : (env.PATH ?? '').split(delimiter).filter(Boolean);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...new Set([...onPath, ...(PLACES[platform] ?? []), chromium.executablePath()])];
}

/** The first candidate that is there and starts; undefined when none does. */
export function findBrowser(
  env: Record<string, string | undefined> = process.env,
  platform: NodeJS.Platform = process.platform,
): FoundBrowser | undefined {
  for (const path of browserCandidates(env, platform)) {
    if (!existsSync(path)) continue;
    const version = askVersion(path, platform);
    if (version) return { path, version };
  }
  return undefined;
}

/** Some systems install a stub of the name that only tells how to get the browser: it has no version. */
function askVersion(path: string, platform: NodeJS.Platform): string | undefined {
  // On Windows chrome.exe opens a window when asked.
  if (platform === 'win32') return 'Chrome';
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: VERSION_TIMEOUT_MS });
  const version = stdout?.match(/(Chromium|Google Chrome)\S*(?: for Testing)? [\d.]+/)?.[0];
  return status === 0 ? version : undefined;
}
