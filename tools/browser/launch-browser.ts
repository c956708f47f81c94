// The one way in which the demo, the browser tests and the benches start Chromium.
import { type Browser, chromium } from '@playwright/test';
import { UsageError } from '../../signaling/config/usage-error.ts';
import { type GpuChoice, launchFlags } from './launch-flags.ts';

export interface LaunchOptions {
  /** From `ensureBrowser` or `findBrowser`. */
  executablePath: string;
  /** Default `none`. */
  gpu?: GpuChoice;
  /** Default true. */
  headless?: boolean;
  /** More flags, last. */
  args?: readonly string[];
}

const LAUNCH_TIMEOUT_MS = 60_000;

/** Rights of the superuser, under which Chromium has no sandbox. */
export const isRoot = (): boolean => process.getuid?.() === 0;

/** The caller closes it. Signals are the caller's too, so that pages can be left before the browser is gone. */
export async function launchBrowser(options: LaunchOptions): Promise<Browser> {
  const { executablePath, gpu = 'none', headless = true, args = [] } = options;
  try {
    return await chromium.launch({
      executablePath,
      headless,
      args: [...launchFlags({ gpu, asRoot: isRoot() }), ...args],
      timeout: LAUNCH_TIMEOUT_MS,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (cause) {
    throw new UsageError(
      `${(cause as Error).message.trim()}\nChromium at ${executablePath} does not start. Set CHROMIUM_PATH to another one.`,
      { cause },
    );
  }
}
