// The foot of every page: what the server sees and what it does not.
'use client';
import { PageLink } from '../route/page-link.tsx';
import { uiText } from '../text/english/ui.ts';
import { LanguageChoice } from './language-choice.tsx';
import { ThemeChoice } from './theme-choice.tsx';

export function SiteFooter() {
  return (
    <footer className="mt-auto border-line border-t">
      <div className="mx-auto max-w-6xl px-4 py-5 text-muted text-sm">
        <p className="max-w-3xl">{uiText.footer}</p>
        <p className="mt-3">
          <PageLink href="/network" className="link inline-flex min-h-8 items-center">
            {uiText.network}
          </PageLink>
        </p>
        <div className="mt-3 flex flex-wrap items-center gap-x-6 gap-y-2">
          <ThemeChoice />
          <LanguageChoice />
        </div>
      </div>
    </footer>
  );
}
