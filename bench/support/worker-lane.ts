// A lane of a bench that is one worker in a page of its own: asked by message, answered by message.
import type { Browser } from '@playwright/test';
import type { SoloRequest } from './solo-worker.ts';
import type { TimedAnswer } from './timed-answer.ts';

/** Opens a page at a harness and starts its worker; each call measures one answer. */
export async function workerLane(
  browser: Browser,
  harnessUrl: string,
  request: SoloRequest,
): Promise<() => Promise<TimedAnswer>> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(harnessUrl);
  await page.evaluate(() => {
    (window as unknown as { worker: Worker }).worker = new Worker('/worker.js', { type: 'module' });
  });
  return async () => {
    const { reply, error } = await page.evaluate(
      (message) =>
        new Promise<{ reply?: TimedAnswer; error?: string }>((resolve) => {
          const { worker } = window as unknown as { worker: Worker };
          worker.onmessage = (event) => resolve(event.data);
          worker.postMessage(message);
        }),
      request,
    );
    if (!reply) throw new Error(error);
    return reply;
  };
}
