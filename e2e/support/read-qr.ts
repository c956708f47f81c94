// What a phone's camera would read from a picture of the page.
import type { Locator, Page } from '@playwright/test';
import jsQR from 'jsqr';

/** The text of the QR code in a screenshot of `element`. Throws where none can be read. */
export async function readQr(page: Page, element: Locator): Promise<string> {
  const png = await element.screenshot();
  const { width, height, data } = await page.evaluate(async (source) => {
    const image = new Image();
    image.src = `data:image/png;base64,${source}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const pen = canvas.getContext('2d')!;
    pen.drawImage(image, 0, 0);
    const pixels = pen.getImageData(0, 0, image.width, image.height);
    return { width: image.width, height: image.height, data: [...pixels.data] };
  }, png.toString('base64'));
  const read = jsQR(new Uint8ClampedArray(data), width, height);
  if (!read) throw new Error('No QR code could be read from the screenshot.');
  return read.data;
}
