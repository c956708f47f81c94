// Asks a running Chromium whether it has a GPU that is one.
import type { Browser } from '@playwright/test';

/** What `navigator.gpu` says of itself; undefined when there is no adapter. */
export interface AdapterInfo {
  vendor: string;
  architecture: string;
  description: string;
  fallback: boolean;
}

/** `url` must be of a secure context (localhost is one): elsewhere there is no `navigator.gpu`. */
export async function findAdapter(browser: Browser, url: string): Promise<AdapterInfo | undefined> {
  const page = await browser.newPage();
  try {
    await page.goto(url);
    return await page.evaluate(async () => {
      const adapter = await navigator.gpu?.requestAdapter();
      if (!adapter) return undefined;
      const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
      return { vendor, architecture, description, fallback: Boolean(isFallbackAdapter) };
    });
  } finally {
    await page.close();
  }
}

/** Whether a CPU plays the GPU: SwiftShader, Mesa's llvmpipe, Microsoft's WARP. Those are slower than WASM. */
export function isSoftware(adapter: AdapterInfo): boolean {
  const names = `${adapter.vendor} ${adapter.architecture} ${adapter.description}`.toLowerCase();
  return adapter.fallback || /swiftshader|llvmpipe|lavapipe|basic render|warp/.test(names);
}

/** For people: "apple metal-3". */
export const describeAdapter = ({ vendor, architecture, description }: AdapterInfo): string =>
  [vendor, architecture].filter(Boolean).join(' ') || description || 'a GPU without a name';
