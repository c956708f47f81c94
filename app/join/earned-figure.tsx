// A balance in one line, of an account or of a peer that no account has claimed.
'use client';
import { useCallback } from 'react';
import type { PeerId } from '../../protocol/ids.ts';
import { formatCreditAmount } from '../format/format-credits.ts';
import { readPeerBalance } from '../state/account-api.ts';
import { useRemote } from '../state/use-remote.ts';

export function EarnedFigure({ label, micros }: { label: string; micros: number }) {
  return (
    <p className="flex flex-wrap items-baseline gap-x-3" data-testid="earned" data-micros={micros}>
      <span className="text-muted text-sm">{label}</span>
      <span className="font-mono">{formatCreditAmount(micros)}</span>
    </p>
  );
}

/** Nothing while it is not known: an answer that fails here spoils no lending. */
export function PeerEarned({ peer, everyMs }: { peer: PeerId; everyMs: number }) {
  const { value } = useRemote(
    useCallback((signal: AbortSignal) => readPeerBalance(peer, signal), [peer]),
    everyMs,
  );
  if (!value) return null;
  return <EarnedFigure label={`Credits of peer ${peer.slice(0, 8)}`} micros={value.availableMicros} />;
}
