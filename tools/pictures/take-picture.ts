// A picture of a page as it is now, in one of the looks that all pictures have.
import type { Page } from '@playwright/test';

export const LOOKS = [
  { name: 'phone', width: 390, height: 844, colorScheme: 'light' },
  { name: 'desk', width: 1280, height: 900, colorScheme: 'dark' },
] as const;
export type Look = (typeof LOOKS)[number];

/** Letters stay sharp, and a page has some 30 KB. */
const WEBP_QUALITY = 60;
/** Nobody scrolls through more of a picture. */
const MOST_HEIGHT = 2_400;

/** WebP, of the whole page as far as a person would scroll in it. */
export async function takePicture(page: Page, { width, height, colorScheme }: Look): Promise<Buffer> {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.evaluate(() => document.fonts.ready);
  const whole = await page.evaluate(() => document.documentElement.scrollHeight);
  const client = await page.context().newCDPSession(page);
  // Playwright itself writes PNG and JPEG.
  const { data } = await client.send('Page.captureScreenshot', {
    format: 'webp',
    quality: WEBP_QUALITY,
    captureBeyondViewport: true,
    clip: { x: 0, y: 0, width, height: Math.min(MOST_HEIGHT, Math.max(height, whole)), scale: 1 },
  });
  await client.detach();
  return Buffer.from(data, 'base64');
}
