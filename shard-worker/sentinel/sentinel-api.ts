// What a page can ask of its sentinel, and what that tells unasked.
import type { HandedChannel } from '../links/open-handed.ts';

export type { HandedChannel };

// A type and not an interface, as for the other worker.
export type SentinelMethods = {
  /** Takes a link's pulse channel over, by the page's number for the connection. */
  watch(params: { id: number } & HandedChannel): void;
  /** The link is over. */
  unwatch(params: { id: number }): void;
};

export type SentinelEvents = {
  /** `late`: no pong for 1.5 s. `silent`: none for as long as a link may be without. `alive`: after either, it answers again. */
  pulse: { id: number; state: 'alive' | 'late' | 'silent'; silentMs: number };
};
