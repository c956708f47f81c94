// What the server does where nothing is configured: each default once, for the command line and for programs that start a
// server themselves. Loads nothing but words.
import type { ModelRef } from '../../protocol/ids.ts';

export const DEFAULT_MODEL: ModelRef = { repo: 'computepool/guide-4m', revision: 'main', dtype: 'q4' };
export const DEFAULT_HUB_URL = 'https://huggingface.co';

/** Beside these the command line has a port, a site and a data folder of its own, which a program names if it wants them. */
export const DEFAULTS = {
  /** $0.20 for a million tokens. */
  marketPricePico: 200_000,
  host: '127.0.0.1',
  model: DEFAULT_MODEL,
  hubUrl: DEFAULT_HUB_URL,
  codec: 'exact',
  iceServers: [],
  welcomeCredits: 10,
  welcomesPerAddressPerDay: 50,
  maxQueue: 100,
  maxQueuePerAccount: 8,
  corsOrigins: '*',
  ratePerMinute: 600,
  logLevel: 'info',
  trustedProxies: 0,
  metrics: 'loopback',
  allowLocalWebhooks: false,
  prices: {},
} as const;
