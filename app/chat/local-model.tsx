// The whole model in this tab: how far its loading has come, and the way to start it again.
import type { ChatState } from '../../shard-worker/index.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatRunsOn } from '../format/format-model.ts';
import { formatMs } from '../format/format-ms.ts';
import { chatText } from '../text/english/chat.ts';
import { lendText } from '../text/english/lend.ts';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadPace } from '../ui/load-pace.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { ProgramWords } from '../ui/program-words.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { RuntimeLoading } from '../ui/runtime-loading.tsx';

interface Props {
  local: ChatState['local'];
  runtime?: ChatState['runtime'];
  onPrepare(): void;
}

export function LocalModel({ local, runtime, onPrepare }: Props) {
  const phase = local?.phase ?? 'probing';
  return (
    <div className="mt-2 text-sm" data-testid="local-model" data-phase={phase}>
      {phase === 'probing' && <LoadingLine>{chatText.local.measuring}</LoadingLine>}
      {phase === 'probing' && runtime && <RuntimeLoading runtime={runtime} />}
      {local && phase === 'loading' && (
        <>
          <p role="status">{chatText.local.loading}</p>
          <div className="mt-1">
            <ProgressBar label={chatText.local.loaded} value={local.loadedBytes} max={local.totalBytes} />
          </div>
          <p className="mt-1 font-mono text-muted text-xs">
            {chatText.local.progress(formatBytes(local.loadedBytes), formatBytes(local.totalBytes))}
          </p>
          <LoadPace loadedBytes={local.loadedBytes} totalBytes={local.totalBytes} />
        </>
      )}
      {local && phase === 'ready' && <p role="status">{describeReady(local)}</p>}
      {local?.note && (
        <ProgramWords
          said={local.note}
          told={local.noteCode && lendText.deviceNotes[local.noteCode]}
          className="mt-2 rounded-md border border-control bg-warn-soft px-3 py-2"
        />
      )}
      {phase === 'failed' && local?.error && <ErrorCard error={local.error} onRetry={onPrepare} />}
    </div>
  );
}

function describeReady(local: NonNullable<ChatState['local']>): string {
  const holds = chatText.local.holds(formatBytes(local.totalBytes));
  const speed = local.msPerLayer === undefined ? '' : chatText.local.perLayer(formatMs(local.msPerLayer));
  const device = local.backend && local.device ? chatText.local.on(formatRunsOn(local.backend, local.device)) : '';
  return `${holds}${speed}${device}.`;
}
