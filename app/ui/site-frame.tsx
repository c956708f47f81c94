// What stands around every page but the one that pages of other sites show in a frame: that one has nothing around it, speaks the
// language of the page that shows it, and has nothing of the site kept by the browser.
import type { ReactNode } from 'react';
import { Spoken } from '../language/spoken.tsx';
import { usePathname } from '../route/address.ts';
import { pagePath } from '../route/page-path.ts';
import { NewerVersion } from './newer-version.tsx';
import { SiteFooter } from './site-footer.tsx';
import { SiteHeader } from './site-header.tsx';
import { SkipLink } from './skip-link.tsx';

export function SiteFrame({ children }: { children: ReactNode }) {
  const path = pagePath(usePathname());
  if (path === '/embed') return <main id="main">{children}</main>;
  return (
    <Spoken>
      <SkipLink />
      <SiteHeader />
      <NewerVersion />
      <main id="main" tabIndex={-1} className="mx-auto w-full max-w-6xl flex-1 px-4 py-6 outline-none">
        {children}
      </main>
      {/* On a phone the conversation and its composer are the page. */}
      <SiteFooter isOfDesks={path === '/chat'} />
    </Spoken>
  );
}
