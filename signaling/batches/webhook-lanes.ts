// Which webhook is sent next: owners take turns, a receiver has few at a time, and those that are slow to answer have a lane
// of their own, where they hold up each other and nobody else. Pure but for its own count; the clock is the caller's.
import { OwnerTurns, type TurnLimits } from '../admission/owner-turns.ts';

export type LaneName = 'fast' | 'slow';

/** What is known of a webhook that is due. */
export interface DueWebhook {
  id: string;
  owner: string;
  url: string;
}

/** Sent at once, by lane. */
export const WEBHOOK_WORKERS: Record<LaneName, TurnLimits> = {
  fast: { workers: 4, spare: 4 },
  slow: { workers: 2, spare: 2 },
};

/** To one receiver at once, whoever has it: many owners may share one. */
const MOST_TO_A_HOST = 4;
/** A receiver that answers in time again, or was not asked for so long, is slow no more. */
const SLOW_FOR_MS = 10 * 60_000;
const MAX_REMEMBERED = 10_000;

/** A webhook whose turn it is. */
export interface Turn {
  webhook: DueWebhook;
  /** To be called once, when it was tried. */
  end(how: 'in time' | 'late'): void;
}

export class WebhookLanes {
  readonly #turns: Record<LaneName, OwnerTurns>;
  /** Ids. A list that was read a moment ago may name them still. */
  readonly #atWork = new Set<string>();
  readonly #toHost = new Map<string, number>();
  /** When the receivers of an owner were slow last. By owner: one owner's bad address at a host is not another's. */
  readonly #slowAtMs = new Map<string, number>();

  constructor(limits = WEBHOOK_WORKERS) {
    this.#turns = { fast: new OwnerTurns(limits.fast), slow: new OwnerTurns(limits.slow) };
  }

  /** @param due oldest first. */
  begin(name: LaneName, due: readonly DueWebhook[], nowMs = performance.now()): Turn | undefined {
    const firsts = new Map<string, DueWebhook>();
    for (const webhook of due) {
      if (this.#laneOf(webhook, nowMs) !== name || firsts.has(webhook.owner) || this.#atWork.has(webhook.id)) continue;
      if ((this.#toHost.get(hostOf(webhook)) ?? 0) < MOST_TO_A_HOST) firsts.set(webhook.owner, webhook);
    }
    const turns = this.#turns[name];
    const owner = turns.begin([...firsts.keys()]);
    const webhook = owner === undefined ? undefined : firsts.get(owner);
    if (!webhook) return undefined;
    const host = hostOf(webhook);
    this.#atWork.add(webhook.id);
    this.#toHost.set(host, (this.#toHost.get(host) ?? 0) + 1);
    return {
      webhook,
      end: (how) => {
        turns.end(webhook.owner);
        this.#atWork.delete(webhook.id);
        const left = (this.#toHost.get(host) ?? 1) - 1;
        if (left > 0) this.#toHost.set(host, left);
        else this.#toHost.delete(host);
        this.#learn(webhook, how);
      },
    };
  }

  #laneOf(webhook: DueWebhook, nowMs: number): LaneName {
    const atMs = this.#slowAtMs.get(keyOf(webhook));
    return atMs !== undefined && nowMs - atMs < SLOW_FOR_MS ? 'slow' : 'fast';
  }

  #learn(webhook: DueWebhook, how: 'in time' | 'late'): void {
    const key = keyOf(webhook);
    this.#slowAtMs.delete(key);
    if (how === 'in time') return;
    this.#slowAtMs.set(key, performance.now());
    const [oldest = ''] = this.#slowAtMs.keys();
    if (this.#slowAtMs.size > MAX_REMEMBERED) this.#slowAtMs.delete(oldest);
  }
}

const hostOf = ({ url }: DueWebhook): string => (URL.canParse(url) ? new URL(url).host : '');

const keyOf = (webhook: DueWebhook): string => `${webhook.owner} ${hostOf(webhook)}`;
