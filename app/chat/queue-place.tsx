// An ask that waits for its turn: the place among the others as a row of marks, and in words.
import type { QueuePlace as Place } from '../../shard-worker/index.ts';
import { formatPlace } from '../format/format-place.ts';
import { tellQueue } from '../format/tell-route.ts';
import { ProgramWords } from '../ui/program-words.tsx';

/** More marks than this would wrap on a phone; the words have the figures. */
const MAX_MARKS = 16;

export function QueuePlace({ queue }: { queue: Place }) {
  const marks = Array.from({ length: Math.min(Math.max(queue.waiting, queue.place), MAX_MARKS) }, (_, i) => i + 1);
  // A place beyond the row is drawn at its end.
  const own = Math.min(queue.place, MAX_MARKS);
  return (
    <div
      className="mt-2 max-w-prose rounded-md border border-control bg-warn-soft px-3 py-2 text-sm"
      data-testid="queue-place"
      data-place={queue.place}
      data-waiting={queue.waiting}
    >
      <p className="font-semibold">{formatPlace(queue.place, queue.waiting)}</p>
      <div className="mt-1.5 flex items-center gap-1" aria-hidden="true">
        {marks.map((mark) => (
          <span
            key={mark}
            className={`size-3 rounded-full border ${mark === own ? 'border-accent bg-accent' : 'border-control'}`}
          />
        ))}
      </div>
      {queue.why ? (
        <p className="mt-1.5 text-muted">{tellQueue(queue.why)}</p>
      ) : (
        <ProgramWords said={queue.reason} className="mt-1.5 text-muted" />
      )}
    </div>
  );
}
