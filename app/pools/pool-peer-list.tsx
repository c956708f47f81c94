// The tabs that may take part in a pool that recruits nobody.
import { type FormEvent, useState } from 'react';
import type { PeerId } from '../../protocol/ids.ts';
import { poolsText } from '../text/english/pools.ts';
import { TextField } from '../ui/text-field.tsx';
import { readPeer } from './pool-form.ts';

interface Props {
  members: readonly PeerId[];
  busy: boolean;
  onAdd(peer: PeerId): void;
  onRemove(peer: PeerId): void;
}

export function PoolPeerList({ members, busy, onAdd, onRemove }: Props) {
  const text = poolsText.listed;
  const [typed, setTyped] = useState('');
  const [tried, setTried] = useState(false);
  const { value, problem } = readPeer(typed);
  const add = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (value === undefined) return;
    onAdd(value);
    setTyped('');
    setTried(false);
  };
  return (
    <div className="mt-4">
      <h3 className="label">{text.title}</h3>
      {members.length === 0 && <p className="mt-1 text-muted text-sm">{text.none}</p>}
      <ul className="divide-y divide-line">
        {members.map((peer) => (
          <li key={peer} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
            <span data-words="program" className="min-w-0 flex-1 basis-40 truncate font-mono text-sm" title={peer}>
              {peer}
            </span>
            <button type="button" className="button button-small" disabled={busy} onClick={() => onRemove(peer)}>
              {text.remove}
              <span className="sr-only">{text.which(peer.slice(0, 8))}</span>
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={add} className="mt-3 flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1 basis-64">
          <TextField
            label={text.id}
            value={typed}
            onText={setTyped}
            mono
            maxLength={80}
            hint={text.idHint}
            problem={tried ? problem : undefined}
          />
        </div>
        <button type="submit" className="button mt-[1.875rem]" disabled={busy}>
          {text.add}
        </button>
      </form>
    </div>
  );
}
