// How a market pool is made: its contract is deployed with the owner's own key, which no page sees; so this shows the commands.
import { useEffect, useState } from 'react';
import { CHAINS } from '../../protocol/chains.ts';
import { slugSchema } from '../../protocol/ids.ts';
import { earnText } from '../text/english/earn.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { TextField } from '../ui/text-field.tsx';
import { marketCommands } from './market-commands.ts';

/** Whoever runs a server opens it here: nobody else has its command line. */
const OWN_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

export function MakeMarket() {
  const { make } = earnText;
  const [isOwn, setOwn] = useState(false);
  useEffect(() => setOwn(OWN_HOSTS.includes(window.location.hostname)), []);
  const [name, setName] = useState('market');
  const [price, setPrice] = useState('0.20');
  const [chain, setChain] = useState<string>('base-sepolia');
  const isNamed = slugSchema.safeParse(name.trim()).success;
  const isPriced = Number(price) > 0;
  const commands = isNamed && isPriced ? marketCommands({ chain, name: name.trim(), price: price.trim() }) : undefined;
  if (!isOwn) return null;
  return (
    <details className="panel p-4 sm:p-6" data-testid="make-market">
      <summary className="font-semibold text-lg">{make.title}</summary>
      <p className="mt-2 max-w-prose text-muted text-sm">{make.intro}</p>
      <div className="mt-3 grid gap-4 sm:grid-cols-3">
        <TextField label={make.name} value={name} onText={setName} mono problem={isNamed ? undefined : make.badName} />
        <TextField
          label={make.price}
          value={price}
          onText={setPrice}
          mono
          problem={isPriced ? undefined : make.badPrice}
        />
        <label className="block">
          <span className="label">{make.chain}</span>
          <select className="field mt-1" value={chain} onChange={(event) => setChain(event.target.value)}>
            {CHAINS.map(({ key, name: shown }) => (
              <option key={key} value={key} data-words="program">
                {shown}
              </option>
            ))}
          </select>
        </label>
      </div>
      {commands && (
        <div className="mt-4 space-y-3 text-sm">
          {(['deploy', 'start'] as const).map((which) => (
            <div key={which}>
              <p>{make[which]}</p>
              <pre className="mt-1 whitespace-pre-wrap break-words rounded-md border border-line p-3 font-mono text-xs">
                {commands[which]}
              </pre>
              <CopyButton text={commands[which]} what="code" isQuiet />
            </div>
          ))}
        </div>
      )}
    </details>
  );
}
