// What /admin does: whoever shows the token sees the server, one part at a time; everybody else sees the form for it.
import { useState } from 'react';
import { useRemote } from '../state/use-remote.ts';
import { useTask } from '../state/use-task.ts';
import { adminText } from '../text/english/admin.ts';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { Segments } from '../ui/segments.tsx';
import { AccountSection } from './account-section.tsx';
import { ActSection } from './act-section.tsx';
import { logOut, readSettings } from './admin-api.ts';
import { BackupSection } from './backup-section.tsx';
import { InviteSection } from './invite-section.tsx';
import { JobSection } from './job-section.tsx';
import { ModelSection } from './model-section.tsx';
import { PoolSection } from './pool-section.tsx';
import { RegistrationSection } from './registration-section.tsx';
import { TabSection } from './tab-section.tsx';
import { TokenForm } from './token-form.tsx';
import { WelcomeSection } from './welcome-section.tsx';

const PARTS = ['server', 'accounts', 'tabs', 'jobs', 'pools', 'acts'] as const;
type Part = (typeof PARTS)[number];

export function AdminView() {
  const { value: settings, error, loading, reload } = useRemote(readSettings);
  const [part, setPart] = useState<Part>('server');
  const leaving = useTask();
  if (loading) return <LoadingLine>{adminText.asking}</LoadingLine>;
  if (error?.code === 'not-found') {
    return (
      <div data-testid="admin" data-status="logged-out">
        <p className="mb-6 max-w-prose text-muted">{adminText.intro}</p>
        <TokenForm onEntered={reload} />
      </div>
    );
  }
  if (error) return <ErrorCard error={error} onRetry={reload} />;
  if (!settings) return null;
  return (
    <div className="space-y-5" data-testid="admin" data-status="logged-in">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-prose text-muted">{adminText.intro}</p>
        <button
          type="button"
          className="button button-small"
          disabled={leaving.busy}
          onClick={() => void leaving.run(logOut).then(reload)}
        >
          {adminText.logOut}
        </button>
      </div>
      {leaving.error && <ErrorCard error={leaving.error} />}
      <Segments<Part>
        legend={adminText.sections.legend}
        segments={PARTS.map((value) => ({ value, name: adminText.sections[value] }))}
        value={part}
        testId="admin-parts"
        onPick={setPart}
      />
      {part === 'server' && (
        <div className="grid items-start gap-5 lg:grid-cols-2">
          <RegistrationSection settings={settings} onChanged={reload} />
          <WelcomeSection settings={settings} onChanged={reload} />
          <InviteSection />
          <div className="min-w-0 space-y-5">
            <ModelSection settings={settings} onChanged={reload} />
            <BackupSection database={settings.database} />
          </div>
        </div>
      )}
      {part === 'accounts' && <AccountSection />}
      {part === 'tabs' && <TabSection />}
      {part === 'jobs' && <JobSection />}
      {part === 'pools' && <PoolSection />}
      {part === 'acts' && <ActSection />}
    </div>
  );
}
