// What whoever joins is given: how much, and how often from one address.

import { type FormEvent, useState } from 'react';
import { MICROS_PER_CREDIT } from '../../protocol/credits.ts';
import type { AdminSettings } from '../../protocol/http/admin.ts';
import { formatCount, formatPlain } from '../format/format-count.ts';
import { formatCreditAmount } from '../format/format-credits.ts';
import { useTask } from '../state/use-task.ts';
import { adminText } from '../text/english/admin.ts';
import { Card } from '../ui/card.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { TextField } from '../ui/text-field.tsx';
import { changeSettings } from './admin-api.ts';
import { SaveRow } from './save-row.tsx';
import { readCredits, readWhole } from './whole-number.ts';

const MOST = 1_000_000;

export function WelcomeSection({ settings, onChanged }: { settings: AdminSettings; onChanged(): void }) {
  const text = adminText.welcome;
  const [credits, setCredits] = useState(() => formatPlain(settings.welcomeMicros / MICROS_PER_CREDIT));
  const [perDay, setPerDay] = useState(String(settings.welcomesPerAddressPerDay));
  const [saved, setSaved] = useState(false);
  const task = useTask();
  const welcomeMicros = readCredits(credits, MOST);
  const welcomesPerAddressPerDay = readWhole(perDay, 0, MOST);
  const { configured } = settings;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setSaved(false);
    if (welcomeMicros === undefined || welcomesPerAddressPerDay === undefined) return;
    const isDone = await task.run(async () => void (await changeSettings({ welcomeMicros, welcomesPerAddressPerDay })));
    if (!isDone) return;
    setSaved(true);
    onChanged();
  };
  const write = (set: (typed: string) => void) => (typed: string) => {
    setSaved(false);
    set(typed);
  };
  return (
    <Card title={text.title} testId="welcome">
      <form onSubmit={submit} className="space-y-4" noValidate>
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <TextField
            label={text.credits}
            value={credits}
            onText={write(setCredits)}
            problem={welcomeMicros === undefined ? text.creditsProblem : undefined}
          />
          <TextField
            label={text.perDay}
            value={perDay}
            onText={write(setPerDay)}
            problem={welcomesPerAddressPerDay === undefined ? text.perDayProblem : undefined}
          />
        </div>
        <p className="text-muted text-sm">
          {text.configured(
            formatCreditAmount(configured.welcomeMicros),
            formatCount(configured.welcomesPerAddressPerDay),
          )}
        </p>
        {task.error && <ErrorCard error={task.error} />}
        <SaveRow words={text} busy={task.busy} saved={saved} />
      </form>
    </Card>
  );
}
