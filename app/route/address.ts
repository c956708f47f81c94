// Where this window is, and the way to another page of the site from anywhere in it: the doors of Next's router.
export { usePathname, useSearchParams } from 'next/navigation';

import { useRouter } from 'next/navigation';

/** Shows the page at an address of the site in this very window. */
export const useGo = (): ((href: string) => void) => useRouter().push;
