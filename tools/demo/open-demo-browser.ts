// Starts the browser with the backend that was asked for, or decides one, and says why.
import type { Browser } from '@playwright/test';
import type { Backend } from '../../protocol/control.ts';
import { describeAdapter, findAdapter, isSoftware } from '../browser/find-adapter.ts';
import { type LaunchOptions, launchBrowser } from '../browser/launch-browser.ts';

export interface DemoBrowser {
  browser: Browser;
  backend: Backend;
  /** One sentence: which backend, and why. */
  reason: string;
}

/** `siteUrl`: any page of a local server, since only a secure context may ask for a GPU. */
export async function openDemoBrowser(
  wish: Backend | undefined,
  siteUrl: string,
  launch: Omit<LaunchOptions, 'gpu'>,
): Promise<DemoBrowser> {
  if (wish === 'wasm') {
    return { browser: await launchBrowser(launch), backend: 'wasm', reason: 'wasm, as asked for' };
  }
  const browser = await launchBrowser({ ...launch, gpu: 'hardware' });
  const adapter = await findAdapter(browser, siteUrl);
  if (adapter && !isSoftware(adapter)) {
    return { browser, backend: 'webgpu', reason: `webgpu on ${describeAdapter(adapter)}` };
  }
  if (wish === undefined) {
    return { browser, backend: 'wasm', reason: 'wasm: this browser has no GPU of its own' };
  }
  await browser.close();
  return {
    browser: await launchBrowser({ ...launch, gpu: 'software' }),
    backend: 'webgpu',
    reason: 'webgpu on SwiftShader, in software and slow: this browser has no GPU of its own',
  };
}
