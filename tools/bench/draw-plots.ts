// Draws plots with Observable Plot in the browser that is there anyway, and gives each as the text of an SVG.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { launchBrowser } from '../browser/launch-browser.ts';
import type { PlotSpec } from './plot-spec.ts';

/** In the order of `specs`. */
export async function drawPlots(specs: readonly PlotSpec[], executablePath: string): Promise<string[]> {
  const entryPoints = [fileURLToPath(new URL('./plot-page.ts', import.meta.url))];
  const bundle = await build({ entryPoints, bundle: true, format: 'iife', write: false, logLevel: 'error' });
  const browser = await launchBrowser({ executablePath });
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: bundle.outputFiles[0]!.text });
    const drawn: string[] = [];
    for (const spec of specs) drawn.push(await page.evaluate((given) => window.drawPlot(given), spec));
    return drawn;
  } finally {
    await browser.close();
  }
}
