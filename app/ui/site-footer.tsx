// The foot of every page: what the server sees and what it does not.
import { PageLink } from '../route/page-link.tsx';
import { uiText } from '../text/english/ui.ts';
import { LanguageChoice } from './language-choice.tsx';
import { ThemeChoice } from './theme-choice.tsx';

const LINKS = [
  ['network', '/network'],
  ['pitch', '/pitch'],
  ['docs', '/docs'],
  ['reference', '/docs/reference'],
] as const;

/** `isOfDesks`: not where the page is narrow. */
export function SiteFooter({ isOfDesks }: { isOfDesks: boolean }) {
  return (
    <footer className={`mt-auto border-line border-t ${isOfDesks ? 'hidden sm:block' : ''}`}>
      <div className="mx-auto max-w-6xl px-4 py-5 text-muted text-sm">
        <p className="max-w-3xl">{uiText.footer}</p>
        <nav aria-label={uiText.more.title} className="mt-3 flex flex-wrap gap-x-6 gap-y-1">
          {LINKS.map(([name, href]) => (
            <PageLink key={name} href={href} className="link inline-flex min-h-8 items-center">
              {uiText.more[name]}
            </PageLink>
          ))}
          <a href="/licence.txt" className="link inline-flex min-h-8 items-center">
            {uiText.more.licence}
          </a>
        </nav>
        <div className="mt-3 flex flex-wrap items-center gap-x-6 gap-y-2">
          <ThemeChoice />
          <LanguageChoice />
        </div>
      </div>
    </footer>
  );
}
