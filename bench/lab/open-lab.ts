// A laboratory: browser contexts whose WebRTC crosses the relay, and what the relay does to it.
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext } from '@playwright/test';
import { build } from 'esbuild';
import { BINDING, type LabCall } from './lab-call.ts';
import { DIRECT, type LinkShape } from './link-shape.ts';
import type { RelayStats } from './relay.ts';
import { addressOf, readdress, rewriteDescription } from './rewrite-candidate.ts';
import { startRelay } from './start-relay.ts';

/** For the browser: candidates must be addresses that the relay can send to, not names that only the browser knows. */
export const LAB_FLAGS = ['--disable-features=WebRtcHideLocalIpsWithMdns'];

/** A page tells its own candidates before others hear of them, but over a way of its own. */
const OWNER_TIMEOUT_MS = 2000;
const OWNER_POLL_MS = 5;

export interface Lab {
  /** Its contexts are numbered from 0 in the order in which they are made. */
  browser: Pick<Browser, 'newContext'>;
  /** The same of another browser, started with `LAB_FLAGS` too: their contexts are numbered on. */
  within(browser: Browser): Pick<Browser, 'newContext'>;
  /** Contexts that have been made. */
  contexts(): number;
  /** Reshapes all links without a shape of their own. */
  reshape(shape: Partial<LinkShape>): Promise<void>;
  /** Reshapes what the two contexts of these numbers send each other. */
  reshapePair(a: number, b: number, shape: Partial<LinkShape>): Promise<void>;
  /** Counts since the last `reset`. Throws when there is nothing to count: what was measured meanwhile means nothing. */
  stats(): Promise<RelayStats & { cpuMs: number }>;
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** `browser` was started with `LAB_FLAGS`. `seed` decides which packets are lost. */
export async function openLab(browser: Browser, seed = 1): Promise<Lab> {
  const script = await candidateScript();
  const relay = await startRelay(seed);
  const owners = new Map<string, number>();
  let contexts = 0;

  async function ownerOf(key: string): Promise<number> {
    const deadlineMs = performance.now() + OWNER_TIMEOUT_MS;
    for (;;) {
      const owner = owners.get(key);
      if (owner !== undefined) return owner;
      if (performance.now() > deadlineMs) throw new Error(`No tab of the lab told of the candidate ${key}.`);
      await new Promise((resolve) => setTimeout(resolve, OWNER_POLL_MS));
    }
  }

  async function rewrite(from: number, candidate: string): Promise<string> {
    const address = addressOf(candidate);
    if (!address) return '';
    const to = await ownerOf(`${address.host}:${address.port}`);
    return readdress(candidate, { host: '127.0.0.1', port: await relay.open(address, linkOf(from, to)) });
  }

  async function attach(context: BrowserContext): Promise<void> {
    const number = contexts++;
    await context.exposeBinding(BINDING, async (_source, ...[kind, text]: LabCall) => {
      if (kind === 'candidate') return rewrite(number, text);
      if (kind === 'description') return rewriteDescription(text, (candidate) => rewrite(number, candidate));
      const address = addressOf(text);
      if (address) owners.set(`${address.host}:${address.port}`, number);
      return '';
    });
    await context.addInitScript({ content: script });
  }

  const within = (host: Browser): Pick<Browser, 'newContext'> => ({
    async newContext(options) {
      const context = await host.newContext(options);
      await attach(context);
      return context;
    },
  });

  return {
    browser: within(browser),
    within,
    contexts: () => contexts,
    reshape: (shape) => relay.reshape({ ...DIRECT, ...shape }),
    async reshapePair(a, b, shape) {
      for (const link of [linkOf(a, b), linkOf(b, a)]) await relay.reshape({ ...DIRECT, ...shape }, link);
    },
    async stats() {
      const stats = await relay.stats();
      if (stats.received === 0) throw new Error('Nothing crossed the relay: the tabs have found a way around it.');
      return stats;
    },
    reset: relay.reset,
    close: relay.close,
  };
}

async function candidateScript(): Promise<string> {
  const entryPoints = [fileURLToPath(new URL('./candidate-script.ts', import.meta.url))];
  const bundle = await build({ entryPoints, bundle: true, format: 'iife', write: false, logLevel: 'error' });
  return bundle.outputFiles[0]!.text;
}

const linkOf = (from: number, to: number): string => `${from}>${to}`;
