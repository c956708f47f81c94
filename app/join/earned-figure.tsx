// A balance in one line, of an account or of a peer that no account has claimed.
import { type ReactNode, useCallback } from 'react';
import type { PeerId } from '../../protocol/ids.ts';
import { formatCreditAmount } from '../format/format-credits.ts';
import { readPeerBalance } from '../state/account-api.ts';
import { useRemote } from '../state/use-remote.ts';
import { joinText } from '../text/english/join.ts';
import { useBalanceSeen, useReadAgain, useWindowEarned } from './window-earned.ts';

/** With the digits that show what came last. */
export function EarnedFigure({ label, micros }: { label: ReactNode; micros: number }) {
  const { lastMicros } = useWindowEarned();
  return (
    <p className="flex flex-wrap items-baseline gap-x-3" data-testid="earned" data-micros={micros}>
      <span className="text-muted text-sm">{label}</span>
      <span className="font-mono">{formatCreditAmount(micros, lastMicros)}</span>
    </p>
  );
}

/** Nothing while it is not known: an answer that fails here spoils no lending. */
export function PeerEarned({ peer, everyMs }: { peer: PeerId; everyMs: number }) {
  const { value, reload } = useRemote(
    useCallback((signal: AbortSignal) => readPeerBalance(peer, signal), [peer]),
    everyMs,
  );
  useReadAgain(reload);
  useBalanceSeen(peer, value && value.availableMicros + value.heldMicros);
  if (!value) return null;
  return <EarnedFigure label={joinText.earnings.ofTab(peer.slice(0, 8))} micros={value.availableMicros} />;
}
