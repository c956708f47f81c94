// The site's service worker from the side of a page: has it started, asks it to keep things, and hears of a newer build. Where a
// browser has none, as at a plain http address, nothing of this happens.
import { ValueStore } from '../../protocol/value-store.ts';
import type { SiteOrder } from '../offline/site-files.ts';

/** A newer build than this page's is there. */
export const isNewerThere = new ValueStore(false);

const UPDATE_MS = 60 * 60_000;
/** A page that has just come has better things to do. */
const QUIET_MS = 3_000;

let registration: ServiceWorkerRegistration | undefined;

const say = (worker: ServiceWorker, order: SiteOrder): void => worker.postMessage(order);

function buildOf(worker: ServiceWorker): Promise<string> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(String(data));
    worker.postMessage({ type: 'tell-build' } satisfies SiteOrder, [port2]);
  });
}

const filesOfPage = (): string[] =>
  performance
    .getEntriesByType('resource')
    .map(({ name }) => new URL(name))
    .filter(({ origin }) => origin === location.origin)
    .map(({ pathname }) => pathname);

/** A worker that waits is of another build than the one at work. This page, which comes from the server, may be of either. */
async function meet(waiting: ServiceWorker | null, build: string): Promise<void> {
  if (!waiting) return;
  if ((await buildOf(waiting)) === build) say(waiting, { type: 'take-over' });
  else isNewerThere.set(true);
}

/**
 * Starts the worker where this browser has it already, or `isWanted`, and watches for newer builds as long as the window lives.
 *
 * @param build this page's.
 */
export async function keepSite(build: string, isWanted: boolean): Promise<void> {
  const { serviceWorker } = navigator;
  if (!serviceWorker || registration || !build) return;
  if (!isWanted && !(await serviceWorker.getRegistration())) return;
  const own = await serviceWorker.register('/sw.js', { updateViaCache: 'none' });
  registration = own;
  own.addEventListener('updatefound', () => {
    const { installing } = own;
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'installed') void meet(own.waiting, build);
    });
  });
  // Another window has let a newer one take over.
  serviceWorker.addEventListener('controllerchange', async () => {
    const { controller } = serviceWorker;
    if (controller && (await buildOf(controller)) !== build) isNewerThere.set(true);
  });
  setInterval(() => void own.update().catch(() => {}), UPDATE_MS);
  // What came late, such as a language, came before it was there to keep it.
  void keepLoaded();
  await meet(own.waiting, build);
}

/** Calls `work` when the page has loaded and rests. Gives the way to think better of it. */
export function whenQuiet(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = (): void => {
    timer = setTimeout(work, QUIET_MS);
  };
  if (document.readyState === 'complete') wait();
  else window.addEventListener('load', wait, { once: true });
  return () => {
    clearTimeout(timer);
    window.removeEventListener('load', wait);
  };
}

/** Loads this page anew, of the newer build. */
export function takeNewer(): void {
  const reload = (): void => location.reload();
  const waiting = registration?.waiting;
  if (!waiting) reload();
  else {
    navigator.serviceWorker.addEventListener('controllerchange', reload, { once: true });
    say(waiting, { type: 'take-over' });
  }
}

/** Keeps what this page has loaded by now with the page itself. */
export async function keepLoaded(): Promise<void> {
  const ready = await navigator.serviceWorker?.ready;
  if (ready?.active) say(ready.active, { type: 'keep', paths: filesOfPage() });
}

/** This device can answer alone: what it takes to do so is kept with the pages. */
export async function keepEngine(): Promise<void> {
  const ready = await navigator.serviceWorker?.ready;
  if (ready?.active) say(ready.active, { type: 'keep-engine' });
}
