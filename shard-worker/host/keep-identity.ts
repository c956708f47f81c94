// Who this tab is, also after a reload: key pairs in IndexedDB, one per slot, and a Web Lock per slot so that two open tabs
// are never the same peer. Where a browser has neither, the keys live as long as the tab. Never exports a private key.
import { newIdentityKeys } from '../../protocol/identity.ts';
import { done, within, withStore } from './browser-store.ts';
import type { KeptIdentity } from './host.ts';

/** What is asked of the browser. */
export interface IdentityBrowser {
  indexedDB: Pick<IDBFactory, 'open'> | undefined;
  locks: Pick<LockManager, 'request'> | undefined;
}

const PLACE = { database: 'computepool-identity', store: 'peers' };
/** Tabs of one browser that keep an identity; more than these have fresh ones. */
const SLOTS = 64;

interface Stored {
  keys: CryptoKeyPair;
}

/** The identity of the first slot that no other tab holds. Rejects only if the browser can make no keys at all. */
export async function keepIdentity(browser: IdentityBrowser = thisBrowser()): Promise<KeptIdentity> {
  const { indexedDB, locks } = browser;
  if (indexedDB && locks) {
    for (let slot = 0; slot < SLOTS; slot++) {
      const lock = await within(holdLock(locks, `computepool-peer-${slot}`)).catch(() => undefined);
      if (lock === undefined) break;
      if (lock === 'taken') continue;
      const stored = await within(readOrMake(indexedDB, `peer-${slot}`)).catch(() => undefined);
      if (stored) return { ...stored, release: lock };
      lock();
      break;
    }
  }
  return { ...(await makeIdentity()), release: () => {} };
}

/** Key pairs of all peers that this browser keeps, in use or not. Empty where it keeps none. */
export async function keptKeys({ indexedDB }: IdentityBrowser = thisBrowser()): Promise<CryptoKeyPair[]> {
  if (!indexedDB) return [];
  const stored = await within(withStore(indexedDB, PLACE, (store) => done(store('readonly').getAll()))).catch(() => []);
  return stored.filter(isStored).map(({ keys }) => keys);
}

/** Private windows throw at the mere look at these. */
function thisBrowser(): IdentityBrowser {
  try {
    return { indexedDB: globalThis.indexedDB, locks: globalThis.navigator?.locks };
  } catch {
    return { indexedDB: undefined, locks: undefined };
  }
}

async function makeIdentity(): Promise<Stored> {
  return { keys: await newIdentityKeys() };
}

/** Resolves to what releases the lock, which is held until then, or to `taken`. */
function holdLock(locks: Pick<LockManager, 'request'>, name: string): Promise<(() => void) | 'taken'> {
  return new Promise((resolve, reject) => {
    const held = (lock: Lock | null): Promise<void> | undefined => {
      if (!lock) {
        resolve('taken');
        return undefined;
      }
      return new Promise((release) => resolve(() => release()));
    };
    locks.request(name, { ifAvailable: true }, held).catch(reject);
  });
}

async function readOrMake(indexedDB: Pick<IDBFactory, 'open'>, slot: string): Promise<Stored> {
  return withStore(indexedDB, PLACE, async (store) => {
    const known: unknown = await done(store('readonly').get(slot));
    if (isStored(known)) return known;
    const made = await makeIdentity();
    // Made before the transaction begins: one that waits for anything else ends by itself.
    await done(store('readwrite').put(made, slot));
    return made;
  });
}

/** What another version of the site may have left there is not taken for keys. */
function isStored(value: unknown): value is Stored {
  const { keys } = (value ?? {}) as Partial<Stored>;
  const isKey = (key: CryptoKey | undefined, usage: KeyUsage) => key?.usages?.includes(usage) === true;
  return isKey(keys?.privateKey, 'sign') && isKey(keys?.publicKey, 'verify');
}
