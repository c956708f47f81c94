// Keys of paid sessions, and a payment of which nobody knows yet what became of it: kept in this browser, for all tabs of this site, so
// that a page that is closed or loaded again loses no money.
import { ValueStore } from '../../protocol/value-store.ts';
import { type KeptPayments as Kept, type KeptSession, keptPaymentsSchema, type Pending } from './shapes.ts';

const KEY = 'computepool.payments';
const WALLET = 'computepool.wallet';
const MOST = 50;

export class KeptPayments {
  readonly state: ValueStore<Kept>;
  readonly #storage: () => Pick<Storage, 'getItem' | 'setItem'>;

  /** `storage` throws in a window that may keep nothing. */
  constructor(storage: () => Pick<Storage, 'getItem' | 'setItem'>) {
    this.#storage = storage;
    this.state = new ValueStore(this.#read());
  }

  /** Another tab has written. */
  readonly refresh = (): void => this.state.set(this.#read());

  /** The newest one that asks this pool. */
  sessionOf(pool: string): KeptSession | undefined {
    return this.state.get().sessions.findLast((session) => session.pool === pool);
  }

  keep(session: KeptSession): void {
    const { pending: _done, ...rest } = this.#read();
    const others = rest.sessions.filter(({ id }) => id !== session.id);
    this.#write({ ...rest, sessions: [...others, session].slice(-MOST) });
  }

  forget(id: string): void {
    const kept = this.#read();
    this.#write({ ...kept, sessions: kept.sessions.filter((session) => session.id !== id) });
  }

  /** Before it is sent, and undefined when its end is known. */
  setPending(pending: Pending | undefined): void {
    const { pending: _before, ...rest } = this.#read();
    this.#write(pending ? { ...rest, pending } : rest);
  }

  /** The wallet that was used last. */
  get wallet(): string | undefined {
    try {
      return this.#storage().getItem(WALLET) ?? undefined;
    } catch {
      return undefined;
    }
  }

  set wallet(rdns: string | undefined) {
    try {
      this.#storage().setItem(WALLET, rdns ?? '');
    } catch {
      // It is asked for again.
    }
  }

  #read(): Kept {
    try {
      const { data } = keptPaymentsSchema.safeParse(JSON.parse(this.#storage().getItem(KEY) ?? 'null'));
      return data ?? { sessions: [] };
    } catch {
      return this.state?.get() ?? { sessions: [] };
    }
  }

  #write(kept: Kept): void {
    try {
      this.#storage().setItem(KEY, JSON.stringify(kept));
    } catch {
      // A private window: it lasts as long as this page.
    }
    this.state.set(kept);
  }
}

let windows: KeptPayments | undefined;

/** The one of this window. */
export function keptPayments(): KeptPayments {
  if (!windows) {
    const made = new KeptPayments(() => localStorage);
    windows = made;
    window.addEventListener('storage', ({ key }) => (key === KEY || key === null) && made.refresh());
  }
  return windows;
}
