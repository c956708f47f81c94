// Who may open an account: picked and in force at once.
import type { AdminSettings } from '../../protocol/http/admin.ts';
import { REGISTRATIONS, type Registration } from '../../protocol/http/registration.ts';
import { useTask } from '../state/use-task.ts';
import { adminText } from '../text/english/admin.ts';
import { Card } from '../ui/card.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { Segments } from '../ui/segments.tsx';
import { changeSettings } from './admin-api.ts';

export function RegistrationSection({ settings, onChanged }: { settings: AdminSettings; onChanged(): void }) {
  const text = adminText.registration;
  const task = useTask();
  const pick = async (registration: Registration) => {
    if (await task.run(async () => void (await changeSettings({ registration })))) onChanged();
  };
  return (
    <Card title={text.title} testId="registration">
      <Segments
        legend={text.legend}
        segments={REGISTRATIONS.map((value) => ({ value, name: text.choices[value] }))}
        value={settings.registration}
        disabled={task.busy}
        testId="registration-choice"
        onPick={(registration) => void pick(registration)}
      />
      <p className="mt-3">{text.hints[settings.registration]}</p>
      <p className="mt-1 text-muted text-sm">{text.peers}</p>
      {task.error && (
        <div className="mt-3">
          <ErrorCard error={task.error} />
        </div>
      )}
    </Card>
  );
}
