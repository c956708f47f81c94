// Keeps this window's rules, and shards at rest while they say so. It is the window's and not a page's, as the shards are.
import { useSyncExternalStore } from 'react';
import { ValueStore } from '../../protocol/value-store.ts';
import { watchUse } from './device-use.ts';
import { judgeRules, type LendRules, NO_RULES, type RulesVerdict, readRules } from './lend-rules.ts';
import { type LentShards, windowShards } from './lent-shards.ts';

const KEY = 'computepool.lend-rules';
/** Hours are looked at this often: a timer that slept, or a clock that was set, is caught up with. */
const LOOK_MS = 10_000;

export interface RulesState {
  rules: LendRules;
  verdict: RulesVerdict;
}

type Lent = Pick<LentShards, 'state' | 'restByRule' | 'resumeByRule' | 'lendShare'>;

export class RuleWatch {
  readonly state = new ValueStore<RulesState>({ rules: NO_RULES, verdict: { lends: true } });
  readonly #lent: Lent;
  readonly #now: () => Date;
  #use: ReturnType<typeof watchUse> | undefined;

  constructor(lent: Lent, now = () => new Date()) {
    this.#lent = lent;
    this.#now = now;
  }

  /** Reads what was kept and watches from now on. Gives the way to stop. */
  start(): () => void {
    this.#apply(readRules(keptText()));
    const timer = setInterval(this.#look, LOOK_MS);
    // One that is opened outside of the hours rests at once.
    const stop = this.#lent.state.subscribe(this.#look);
    return () => {
      clearInterval(timer);
      stop();
      this.#use?.stop();
      this.#use = undefined;
    };
  }

  readonly change = (fields: Partial<LendRules>): void => {
    const rules = { ...this.state.get().rules, ...fields };
    try {
      localStorage.setItem(KEY, JSON.stringify(rules));
    } catch {
      // They hold until this window is closed.
    }
    this.#apply(rules);
  };

  #apply(rules: LendRules): void {
    this.state.patch({ rules });
    if (rules.onlyIdle && !this.#use) {
      this.#use = watchUse();
      this.#use.use.subscribe(this.#look);
    } else if (!rules.onlyIdle) {
      this.#use?.stop();
      this.#use = undefined;
    }
    this.#lent.lendShare(rules.share / 100);
    this.#look();
  }

  readonly #look = (): void => {
    const { rules, verdict: before } = this.state.get();
    const verdict = judgeRules(rules, this.#now(), this.#use?.use.get() ?? 'unknown');
    if (JSON.stringify(verdict) !== JSON.stringify(before)) this.state.patch({ verdict });
    if (!verdict.lends) this.#lent.restByRule();
    else void this.#lent.resumeByRule();
  };
}

function keptText(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export const windowRules = new RuleWatch(windowShards);

const BEFORE: RulesState = windowRules.state.get();

export const useRules = (): RulesState =>
  useSyncExternalStore(windowRules.state.subscribe, windowRules.state.get, () => BEFORE);
