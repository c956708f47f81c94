// What stands on /join. The view needs the address's query, which exists only in the browser.
import { joinText } from '../text/english/join.ts';
import { PageTitle } from '../ui/page-title.tsx';
import { SecureOnly } from '../ui/secure-only.tsx';
import { JoinView } from './join-view.tsx';

export function JoinPage() {
  return (
    <>
      <PageTitle title={joinText.title} />
      <h1 className="font-semibold text-2xl tracking-tight">{joinText.heading}</h1>
      <p className="mt-2 max-w-prose text-muted">{joinText.intro}</p>
      <div className="mt-6">
        <SecureOnly>
          <JoinView />
        </SecureOnly>
      </div>
    </>
  );
}
