// The program that computes while it is downloaded: it weighs more than many a model's share.
import type { StageState } from '../../shard-worker/index.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { lendText } from '../text/english/lend.ts';
import { LoadPace } from './load-pace.tsx';
import { ProgressBar } from './progress-bar.tsx';

/** Nothing once it is there. */
export function RuntimeLoading({ runtime }: { runtime: NonNullable<StageState['runtime']> }) {
  const { loadedBytes, totalBytes } = runtime;
  if (totalBytes !== undefined && loadedBytes >= totalBytes) return null;
  const text = lendText.load;
  return (
    <div className="mt-4" data-testid="runtime-loading" data-loaded={loadedBytes} data-total={totalBytes}>
      <p className="text-sm">{text.runtimeTitle}</p>
      {totalBytes !== undefined && (
        <div className="mt-1">
          <ProgressBar label={text.runtime} value={loadedBytes} max={totalBytes} />
        </div>
      )}
      <p className="mt-1 flex flex-wrap gap-x-4 text-sm">
        <span className="font-mono">
          {totalBytes === undefined
            ? formatBytes(loadedBytes)
            : text.of(formatBytes(loadedBytes), formatBytes(totalBytes))}
        </span>
        {totalBytes !== undefined && <LoadPace loadedBytes={loadedBytes} totalBytes={totalBytes} />}
      </p>
    </div>
  );
}
