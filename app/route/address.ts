// Where this window is, and the way to another page of the site from anywhere in it: the doors of Next's router.
import { useRouter } from 'next/router';
import { useMemo } from 'react';

/** The path of the page that is shown, without its query. */
export const usePathname = (): string => useRouter().asPath.split(/[?#]/, 1)[0] ?? '/';

/** The export knows none: who draws by it does so in a browser alone. */
export function useSearchParams(): URLSearchParams {
  const { asPath } = useRouter();
  return useMemo(() => new URL(asPath, 'http://page').searchParams, [asPath]);
}

/** Shows the page at an address of the site in this very window. */
export function useGo(): (href: string) => void {
  const router = useRouter();
  return (href) => void router.push(href);
}
