// Whether this browser has logged in before: a note without secrets, so that a visitor's pages need not ask the server, which
// would refuse, again and again. The cookie alone decides; this only says whether asking is worth it.

/** A person, or the server's owner. */
const KEYS = { person: 'computepool-logged-in', owner: 'computepool-owner' };
type Who = keyof typeof KEYS;

/** A private window throws at storage: then it is asked. */
export function mayBeLoggedIn(who: Who = 'person'): boolean {
  try {
    return localStorage.getItem(KEYS[who]) === 'yes';
  } catch {
    return true;
  }
}

export function noteLogin(isLoggedIn: boolean, who: Who = 'person'): void {
  try {
    if (isLoggedIn) localStorage.setItem(KEYS[who], 'yes');
    else localStorage.removeItem(KEYS[who]);
  } catch {
    // It is asked each time.
  }
}
