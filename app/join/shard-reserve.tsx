// What a shard without a seat holds meanwhile, so that it can take over at once.
import type { StageState } from '../../shard-worker/index.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { joinText } from '../text/english/join.ts';
import { nameParts } from '../ui/name-parts.ts';
import { ProgressBar } from '../ui/progress-bar.tsx';

type Reserve = NonNullable<StageState['reserve']>;

export function ShardReserve({ reserve }: { reserve: Reserve }) {
  const isReady = reserve.every((held) => held.isReady);
  return (
    <section data-testid="reserve" data-ready={isReady}>
      <h3 className="label">{joinText.reserve.title}</h3>
      <p className="mt-1">{isReady ? joinText.reserve.ready : joinText.reserve.loading}</p>
      <ul className="mt-2 space-y-2">
        {reserve.map((held) => (
          <HeldLayers key={`${held.start}-${held.end}`} held={held} />
        ))}
      </ul>
    </section>
  );
}

function HeldLayers({ held: { start, end, loadedBytes, totalBytes, isReady } }: { held: Reserve[number] }) {
  const state = isReady
    ? joinText.reserve.isReady
    : totalBytes > 0
      ? joinText.slice.bytesOf(formatBytes(loadedBytes), formatBytes(totalBytes))
      : joinText.reserve.isNext;
  return (
    <li data-testid="reserve-layers" data-start={start} data-end={end} data-ready={isReady}>
      <p className="flex justify-between gap-4">
        <span>{joinText.reserve.parts(nameParts(start, end))}</span>
        <span className="font-mono text-muted text-sm">{state}</span>
      </p>
      {!isReady && totalBytes > 0 && (
        <ProgressBar label={joinText.reserve.partsLoaded(nameParts(start, end))} value={loadedBytes} max={totalBytes} />
      )}
    </li>
  );
}
