// The coalition in words: one line per seat, with progress while it loads.
import type { Coalition, Seat } from '../../protocol/control.ts';
import type { PeerId } from '../../protocol/ids.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatLayers, formatRunsOn } from '../format/format-model.ts';
import { standbyLine } from '../format/standby-line.ts';
import { ProgressBar } from './progress-bar.tsx';

interface Props {
  coalition: Coalition;
  own?: readonly PeerId[];
}

interface RowProps {
  seat: Seat;
  number: number;
  own: boolean;
  standby: string | undefined;
}

export function SeatList({ coalition, own = [] }: Props) {
  return (
    <ol className="divide-y divide-line text-sm">
      {coalition.seats.map((seat, index) => (
        <SeatRow
          key={seat.peer}
          seat={seat}
          number={index + 1}
          own={own.includes(seat.peer)}
          standby={standbyLine(coalition, seat)}
        />
      ))}
    </ol>
  );
}

function SeatRow({ seat, number, own, standby }: RowProps) {
  return (
    <li className="py-2">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-semibold">{number}</span>
        <span className="font-mono">{formatLayers(seat.start, seat.end)}</span>
        {own && <span className="rounded-sm bg-accent px-1.5 text-on-accent text-xs">this tab</span>}
        <span className="ml-auto font-mono text-muted">{formatBytes(seat.totalBytes)}</span>
      </div>
      <p className="break-words text-muted">{formatRunsOn(seat.backend, seat.device)}</p>
      {standby && <p className="text-muted text-xs">{standby}</p>}
      {!seat.ready && (
        <div className="mt-1">
          <ProgressBar label={`Stage ${number} is loading`} value={seat.loadedBytes} max={seat.totalBytes} />
          <p className="mt-1 font-mono text-muted text-xs">
            {formatBytes(seat.loadedBytes)} of {formatBytes(seat.totalBytes)}
          </p>
        </div>
      )}
    </li>
  );
}
