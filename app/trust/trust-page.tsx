// What stands on /trust. Shown over plain http too, where a browser gives a page neither keys nor a clipboard: it needs none.
import { trustText } from '../text/english/trust.ts';
import { InBrowser } from '../ui/in-browser.tsx';
import { PageTitle } from '../ui/page-title.tsx';
import { TrustView } from './trust-view.tsx';

export function TrustPage() {
  return (
    <div className="mx-auto max-w-3xl">
      <PageTitle title={trustText.title} />
      <h1 className="font-semibold text-2xl tracking-tight">{trustText.title}</h1>
      <p className="mt-2 max-w-prose text-muted">{trustText.why}</p>
      <div className="mt-5 space-y-5">
        <InBrowser>
          <TrustView />
        </InBrowser>
      </div>
    </div>
  );
}
