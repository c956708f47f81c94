// What /embed does: read the address, speak the page's language, open the peer that asks.
import { useEffect, useMemo } from 'react';
import { speak } from '../language/speak.ts';
import { useSearchParams } from '../route/address.ts';
import { useSiteConfig } from '../state/use-site-config.ts';
import { useLanguage } from '../text/catalogue.ts';
import { embedText } from '../text/english/embed.ts';
import { pickLanguage } from '../text/languages.ts';
import { applyLook } from './apply-look.ts';
import { parseEmbedQuery } from './embed-query.ts';
import { EmbedTalk } from './embed-talk.tsx';

export function EmbedView() {
  const address = useSearchParams();
  const query = useMemo(() => parseEmbedQuery(new URLSearchParams(address.toString())), [address]);
  const { theme, lang } = query;
  const site = useSiteConfig();
  // Its texts are read when rendering.
  useLanguage();
  useEffect(() => speakFor(lang), [lang]);
  useEffect(() => applyLook(document.documentElement, { theme }), [theme]);
  if (query.isStrange) {
    return (
      <p role="alert" className="p-4">
        {embedText.noPool((address.get('pool') ?? '').slice(0, 80))} {embedText.noPoolNext}
      </p>
    );
  }
  return (
    <EmbedTalk
      pool={query.pool ?? site.config?.model}
      error={site.error}
      onRetry={site.retry}
      lend={query.lend}
      onLang={speakFor}
    />
  );
}

/** As the page says, else as the browser prefers. */
function speakFor(lang: string | undefined): void {
  void speak(pickLanguage(null, [...(lang ? [lang] : []), ...navigator.languages]));
}
