// A key that was just made: shown this once, with a program that uses it.
import { useState } from 'react';
import type { NewKey } from '../../protocol/http/account.ts';
import { poolIdOf } from '../../protocol/pool-id.ts';
import { SNIPPET_LANGUAGES, SNIPPET_NAMES, type SnippetLanguage, writeSnippet } from '../format/client-snippet.ts';
import { useSiteConfig } from '../state/use-site-config.ts';
import { accountText } from '../text/english/account.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Segments } from '../ui/segments.tsx';

const LANGUAGES = SNIPPET_LANGUAGES.map((value) => ({
  value,
  name: <span data-words="program">{SNIPPET_NAMES[value]}</span>,
}));

export function NewKeyCard({ made, onDone }: { made: NewKey; onDone(): void }) {
  const site = useSiteConfig();
  const [language, setLanguage] = useState<SnippetLanguage>('python');
  const model = site.config ? poolIdOf(site.config.model) : 'owner/name@main:q4';
  const program = writeSnippet(language, { origin: window.location.origin, model, key: made.key });
  return (
    <div className="mt-4 rounded-md border border-accent bg-accent-soft p-4" role="status" data-testid="new-key">
      <p className="font-semibold">{accountText.keys.copyNow}</p>
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <code className="min-w-0 flex-1 basis-64 break-all rounded border border-line bg-panel px-3 py-2 font-mono text-sm">
          {made.key}
        </code>
        <CopyButton text={made.key} what="key" />
      </div>
      <div className="mt-4 flex flex-wrap items-center justify-between gap-2">
        <Segments<SnippetLanguage>
          legend={accountText.keys.exampleLanguage}
          segments={LANGUAGES}
          value={language}
          onPick={setLanguage}
        />
        <CopyButton text={program} what="program" />
      </div>
      <section
        aria-label={accountText.keys.exampleProgram}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take focus
        tabIndex={0}
        className="mt-2 overflow-x-auto rounded border border-line bg-panel"
      >
        <pre className="p-3 font-mono text-xs leading-relaxed">{program}</pre>
      </section>
      <button type="button" className="button button-small mt-3" onClick={onDone}>
        {accountText.keys.kept}
      </button>
    </div>
  );
}
