// What somebody who is not logged in can do at /account: open an account as far as the server's owner lets them, log in, or set a new
// password by a link of the owner's.
import { useState } from 'react';
import { useSiteConfig } from '../state/use-site-config.ts';
import { accountText } from '../text/english/account.ts';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { ResetForm } from './reset-form.tsx';
import { SignForm } from './sign-form.tsx';

/** Behind the sign that no browser sends to a server, so that no log has it. */
const linkedReset = (): string | undefined =>
  new URLSearchParams(window.location.hash.slice(1)).get('reset') ?? undefined;

export function StrangerForm({ onSigned }: { onSigned(): void }) {
  const site = useSiteConfig();
  const [reset, setReset] = useState(linkedReset);
  const [isSet, setIsSet] = useState(false);
  const leaveReset = () => {
    window.history.replaceState(null, '', window.location.pathname);
    setReset(undefined);
  };
  if (reset !== undefined) {
    return (
      <ResetForm
        token={reset}
        onLeave={leaveReset}
        onSet={() => {
          setIsSet(true);
          leaveReset();
        }}
      />
    );
  }
  if (site.status === 'loading') return <LoadingLine>{accountText.asking}</LoadingLine>;
  if (!site.config) return site.error ? <ErrorCard error={site.error} onRetry={site.retry} /> : null;
  return (
    <>
      {isSet && (
        <p role="status" className="mb-4 font-medium">
          {accountText.reset.done}
        </p>
      )}
      <SignForm
        registration={site.config.registration ?? 'open'}
        isKnown={isSet}
        invite={new URLSearchParams(window.location.search).get('invite') ?? ''}
        onSigned={onSigned}
      />
    </>
  );
}
