// The coalition in words: one line per seat, with progress while it loads.
import type { Coalition, Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatRunsOn } from '../format/format-model.ts';
import { uiText } from '../text/english/ui.ts';
import { nameParts } from './name-parts.ts';
import { ProgressBar } from './progress-bar.tsx';

interface Props {
  coalition: Coalition;
  own?: readonly PeerId[];
}

export function SeatList({ coalition, own = [] }: Props) {
  return (
    <ol className="divide-y divide-line text-sm">
      {coalition.seats.map((seat, index) => (
        <SeatRow key={seat.peer} seat={seat} number={index + 1} own={own.includes(seat.peer)} />
      ))}
    </ol>
  );
}

function SeatRow({ seat, number, own }: { seat: Seat; number: number; own: boolean }) {
  return (
    <li className="py-2">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-semibold">{number}</span>
        <span>{uiText.seats.parts(nameParts(seat.start, seat.end), seat.end - seat.start)}</span>
        {own && <span className="rounded-sm bg-accent px-1.5 text-on-accent text-xs">{uiText.seats.thisTab}</span>}
        <span className="ml-auto font-mono text-muted">{formatBytes(seat.totalBytes)}</span>
      </div>
      <p data-words="program" className="break-words text-muted">
        {formatRunsOn(seat.backend, seat.device)}
      </p>
      {!seat.ready && (
        <div className="mt-1">
          <ProgressBar label={uiText.seats.loading(number)} value={seat.loadedBytes} max={seat.totalBytes} />
          <p className="mt-1 font-mono text-muted text-xs">
            {uiText.seats.bytesOf(formatBytes(seat.loadedBytes), formatBytes(seat.totalBytes))}
          </p>
        </div>
      )}
    </li>
  );
}
