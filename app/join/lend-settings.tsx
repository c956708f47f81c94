// When this window lends and when it says something: kept in this browser, for all of its shards.
import { useId, useState } from 'react';
import { askForUse, canTellUse } from '../state/device-use.ts';
import { type LendRules, minuteOf, type RulesVerdict, SHARES, timeOf } from '../state/lend-rules.ts';
import { useRules, windowRules } from '../state/rule-watch.ts';
import { askToNotify, canNotify } from '../state/use-lend-notices.ts';
import { lendText } from '../text/english/lend.ts';
import { CheckField } from '../ui/check-field.tsx';
import { Segments } from '../ui/segments.tsx';

/** A night, for who has not said when. */
const NIGHT = { from: 22 * 60, to: 7 * 60 };

export function LendSettings() {
  const { rules, verdict } = useRules();
  const text = lendText.rules;
  return (
    <section className="panel max-w-3xl p-4 sm:px-6" aria-label={text.title} data-testid="lend-settings">
      {!verdict.lends && <RestingLine verdict={verdict} />}
      <details>
        <summary className="font-medium">{text.title}</summary>
        <div className="mt-4 space-y-4">
          <OnlyIdle rules={rules} />
          <Hours rules={rules} />
          <ShareField rules={rules} />
          <Notices rules={rules} />
        </div>
      </details>
    </section>
  );
}

function RestingLine({ verdict }: { verdict: RulesVerdict & { lends: false } }) {
  const { resting } = lendText.rules;
  return (
    <p className="mb-2" role="status" data-testid="lend-verdict" data-why={verdict.why}>
      {verdict.why === 'hours'
        ? resting.hours(timeOf(verdict.until.getHours() * 60 + verdict.until.getMinutes()))
        : resting[verdict.why]}
    </p>
  );
}

function OnlyIdle({ rules }: { rules: LendRules }) {
  const [isDenied, setDenied] = useState(false);
  const text = lendText.rules.onlyIdle;
  const can = canTellUse();
  const check = async (checked: boolean) => {
    const isAllowed = !checked || (await askForUse());
    setDenied(!isAllowed);
    if (isAllowed) windowRules.change({ onlyIdle: checked });
  };
  return (
    <CheckField
      label={text.label}
      hint={can ? (isDenied ? text.denied : text.hint) : text.unavailable}
      checked={rules.onlyIdle}
      // Whoever chose it elsewhere can take it back.
      disabled={!can && !rules.onlyIdle}
      onCheck={(checked) => void check(checked)}
    />
  );
}

function Hours({ rules: { hours } }: { rules: LendRules }) {
  const text = lendText.rules.hours;
  return (
    <div>
      <CheckField
        label={text.label}
        hint={text.hint}
        checked={hours !== undefined}
        onCheck={(checked) => windowRules.change({ hours: checked ? NIGHT : undefined })}
      />
      {hours && (
        <div className="mt-2 ml-7 flex flex-wrap gap-4">
          <TimeField
            label={text.from}
            value={hours.from}
            onPick={(from) => windowRules.change({ hours: { ...hours, from } })}
          />
          <TimeField
            label={text.to}
            value={hours.to}
            onPick={(to) => windowRules.change({ hours: { ...hours, to } })}
          />
        </div>
      )}
    </div>
  );
}

function TimeField({ label, value, onPick }: { label: string; value: number; onPick(minute: number): void }) {
  const id = useId();
  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="label">
        {label}
      </label>
      <input
        id={id}
        type="time"
        className="field w-auto"
        value={timeOf(value)}
        onChange={(event) => {
          const minute = minuteOf(event.target.value);
          if (minute !== undefined) onPick(minute);
        }}
      />
    </div>
  );
}

function ShareField({ rules }: { rules: LendRules }) {
  const text = lendText.rules.share;
  return (
    <div>
      <p className="font-medium">{text.label}</p>
      <div className="mt-1">
        <Segments
          legend={text.label}
          segments={SHARES.map((share) => ({ value: String(share), name: text.percent(share) }))}
          value={String(rules.share)}
          testId="lend-share"
          onPick={(picked) => windowRules.change({ share: SHARES.find((share) => String(share) === picked) ?? 100 })}
        />
      </div>
      <p className="mt-1 text-muted text-sm">{text.hint}</p>
    </div>
  );
}

function Notices({ rules }: { rules: LendRules }) {
  const [isDenied, setDenied] = useState(false);
  const text = lendText.rules.notices;
  const can = canNotify();
  const check = async (checked: boolean) => {
    const isAllowed = !checked || (await askToNotify());
    setDenied(!isAllowed);
    if (isAllowed) windowRules.change({ notifies: checked });
  };
  return (
    <CheckField
      label={text.label}
      hint={can ? (isDenied ? text.denied : text.hint) : text.unavailable}
      checked={rules.notifies}
      disabled={!can && !rules.notifies}
      onCheck={(checked) => void check(checked)}
    />
  );
}
