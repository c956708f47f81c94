// Whether this browser has logged in before: a note without secrets, so that a visitor's pages need not ask the server, which
// would refuse, again and again. The cookie alone decides; this only says whether asking is worth it.

const KEY = 'computepool-logged-in';

/** A private window throws at storage: then it is asked. */
export function mayBeLoggedIn(): boolean {
  try {
    return localStorage.getItem(KEY) === 'yes';
  } catch {
    return true;
  }
}

export function noteLogin(isLoggedIn: boolean): void {
  try {
    if (isLoggedIn) localStorage.setItem(KEY, 'yes');
    else localStorage.removeItem(KEY);
  } catch {
    // It is asked each time.
  }
}
