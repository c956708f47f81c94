// The whole model in this tab: how far its loading has come, and the way to start it again.
import type { ChatState } from '../../shard-worker/index.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatRunsOn } from '../format/format-model.ts';
import { formatMs } from '../format/format-ms.ts';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';

interface Props {
  local: ChatState['local'];
  onPrepare(): void;
}

export function LocalModel({ local, onPrepare }: Props) {
  const phase = local?.phase ?? 'probing';
  return (
    <div className="mt-2 text-sm" data-testid="local-model" data-phase={phase}>
      {phase === 'probing' && <LoadingLine>Measuring how fast this device computes a layer.</LoadingLine>}
      {local && phase === 'loading' && (
        <>
          <p role="status">Loading the whole model into this tab.</p>
          <div className="mt-1">
            <ProgressBar label="Whole model loaded" value={local.loadedBytes} max={local.totalBytes} />
          </div>
          <p className="mt-1 font-mono text-muted text-xs">
            {formatBytes(local.loadedBytes)} of {formatBytes(local.totalBytes)}
          </p>
        </>
      )}
      {local && phase === 'ready' && <p role="status">{describeReady(local)}</p>}
      {local?.note && <p className="mt-2 rounded-md border border-control bg-warn-soft px-3 py-2">{local.note}</p>}
      {phase === 'failed' && local?.error && <ErrorCard error={local.error} onRetry={onPrepare} />}
    </div>
  );
}

function describeReady(local: NonNullable<ChatState['local']>): string {
  const holds = `This tab holds all of it, ${formatBytes(local.totalBytes)}`;
  const speed = local.msPerLayer === undefined ? '' : `, ${formatMs(local.msPerLayer)} per layer`;
  const device = local.backend && local.device ? ` on ${formatRunsOn(local.backend, local.device)}` : '';
  return `${holds}${speed}${device}.`;
}
