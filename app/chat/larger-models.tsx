// Beside a tiny model: larger ones, by what devices such as this one can hold.
import { useEffect, useState } from 'react';
import { formatBytes } from '../format/format-bytes.ts';
import { formatCount } from '../format/format-count.ts';
import { joinAddress } from '../state/page-address.ts';
import { modelsText } from '../text/english/models.ts';
import { type Suggestion, suggestModels } from './suggest-model.ts';

export function LargerModels() {
  const [suggested, setSuggested] = useState<Suggestion[]>([]);
  useEffect(() => {
    setSuggested(suggestModels(navigator as { deviceMemory?: number }, 'gpu' in navigator));
  }, []);
  if (suggested.length === 0) return null;
  return (
    <div className="text-muted text-sm" data-testid="larger-models">
      <p>{modelsText.suggest}</p>
      <ul className="mt-1 space-y-1">
        {suggested.map(({ model, name, bytes, devices }) => (
          <li key={model.repo}>
            {devices === 1
              ? modelsText.suggestOne(name, formatBytes(bytes))
              : modelsText.suggestMany(name, formatBytes(bytes), formatCount(devices))}{' '}
            <a className="link" href={joinAddress(model)} target="_blank" rel="noopener">
              {modelsText.lendFor}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
