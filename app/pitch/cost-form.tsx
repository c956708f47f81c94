// What it costs against a cloud: arithmetic over assumptions that stand there to be changed.
import { useState } from 'react';
import { formatFixed } from '../format/format-count.ts';
import { pitchText } from '../text/english/pitch.ts';
import { TextField } from '../ui/text-field.tsx';
import { type CostAssumptions, electricityPerMillion, FIRST_GUESS } from './cost-of.ts';

const FIELDS = ['tabs', 'wattsPerTab', 'tokensPerSecond', 'perKwh', 'cloudPerMillion'] as const;

export function CostForm() {
  const [texts, setTexts] = useState<Record<keyof CostAssumptions, string>>(() => textsOf(FIRST_GUESS));
  const text = pitchText.slides.cost;
  const assumed = Object.fromEntries(
    FIELDS.map((field) => [field, Number(texts[field])]),
  ) as unknown as CostAssumptions;
  const own = electricityPerMillion(assumed);
  const isSound = own !== undefined && Number.isFinite(own) && Number.isFinite(assumed.cloudPerMillion);
  return (
    <>
      <p className="max-w-prose text-lg">{text.text}</p>
      <div className="mt-6 grid items-end gap-4 sm:grid-cols-2 lg:grid-cols-5">
        {FIELDS.map((field) => (
          <TextField
            key={field}
            type="number"
            label={text.fields[field]}
            value={texts[field]}
            onText={(value) => setTexts({ ...texts, [field]: value })}
          />
        ))}
      </div>
      <p className="mt-6 max-w-prose font-semibold text-xl" role="status" data-testid="cost">
        {isSound ? text.result(formatFixed(own, 2), formatFixed(assumed.cloudPerMillion, 2)) : text.nothing}
      </p>
      <p className="mt-4 max-w-prose text-muted">{text.sources}</p>
    </>
  );
}

const textsOf = (assumed: CostAssumptions): Record<keyof CostAssumptions, string> => ({
  tabs: String(assumed.tabs),
  wattsPerTab: String(assumed.wattsPerTab),
  tokensPerSecond: String(assumed.tokensPerSecond),
  perKwh: String(assumed.perKwh),
  cloudPerMillion: String(assumed.cloudPerMillion),
});
