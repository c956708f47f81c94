// How fast something comes, and how long it will take. Nothing once it is there.
import { useEffect, useRef, useState } from 'react';
import { formatBytes } from '../format/format-bytes.ts';
import { type LoadSample, noteLoaded, rateOf } from '../format/load-rate.ts';
import { lendText } from '../text/english/lend.ts';

/** A line that stands still is seen within this. */
const TICK_MS = 1000;

export function LoadPace({ loadedBytes, totalBytes }: { loadedBytes: number; totalBytes: number }) {
  const isOver = loadedBytes >= totalBytes;
  const [samples, setSamples] = useState<readonly LoadSample[]>([]);
  const loaded = useRef(loadedBytes);
  loaded.current = loadedBytes;
  useEffect(() => {
    if (isOver) return;
    const note = () => setSamples((all) => noteLoaded(all, { atMs: performance.now(), bytes: loaded.current }));
    note();
    const timer = setInterval(note, TICK_MS);
    return () => clearInterval(timer);
  }, [isOver]);
  const rate = isOver ? undefined : rateOf(samples, totalBytes);
  if (!rate) return null;
  const { pace, stalled } = lendText.load;
  return (
    <span className="text-muted tabular-nums" data-testid="load-pace">
      {rate.bytesPerSecond > 0 ? pace(formatBytes(rate.bytesPerSecond), span(rate.leftMs)) : stalled}
    </span>
  );
}

/** One unit: nobody counts the seconds of an hour. */
function span(ms: number): string {
  const { seconds, minutes, hours } = lendText.load;
  if (ms < 90_000) return seconds(Math.max(1, Math.ceil(ms / 1000)));
  return ms < 5_400_000 ? minutes(Math.round(ms / 60_000)) : hours(Math.round(ms / 3_600_000));
}
