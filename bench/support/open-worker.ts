// A worker of a bench in a page of its own: asked by message, answered by message.
import type { Browser } from '@playwright/test';

/** Opens a page at a harness and starts its worker. Each call is one message and its answer. */
export async function openWorker<Request, Reply>(
  browser: Browser,
  harnessUrl: string,
): Promise<(request: Request) => Promise<Reply>> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(harnessUrl);
  await page.evaluate(() => {
    (window as unknown as { worker: Worker }).worker = new Worker('/worker.js', { type: 'module' });
  });
  return async (request) => {
    const { reply, error } = await page.evaluate(
      (message) =>
        new Promise<{ reply?: unknown; error?: string }>((resolve) => {
          const { worker } = window as unknown as { worker: Worker };
          worker.onmessage = (event) => resolve(event.data);
          worker.postMessage(message);
        }),
      request as unknown,
    );
    if (error !== undefined) throw new Error(error);
    return reply as Reply;
  };
}
