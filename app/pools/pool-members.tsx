// Who is in a pool: seats of the coalition first, then the reserve, then listed tabs that are away.
import type { ReactNode } from 'react';
import type { PoolLive, PoolMember, PoolSeat } from '../../protocol/http/pool-state.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatRunsOn } from '../format/format-model.ts';
import { formatMs } from '../format/format-ms.ts';
import { joinLayers } from '../format/join-layers.ts';
import { sortMembers } from '../format/sort-members.ts';
import { poolsText } from '../text/english/pools.ts';
import { nameParts } from '../ui/name-parts.ts';
import { TableHead } from '../ui/table-head.tsx';

const COLUMNS = ['place', 'id', 'runsOn', 'loss', 'parts', 'holds', 'perLayer', 'memory'] as const;
/** Columns from here on hold figures and are set right. */
const FIRST_FIGURE = 4;
const FIGURE = 'py-1.5 pr-4 text-right font-mono last:pr-0';

/** What the loss of a seat's tab would mean, and how long answers would stand still. */
function lossOf({ standby, lossMs }: PoolSeat): string {
  const text = poolsText.members;
  const spare = text.standby[standby ?? 'none'];
  return lossMs === undefined ? spare : text.lossTime(spare, Math.max(1, Math.round(lossMs / 1000)));
}

export function PoolMembers({ live }: { live: PoolLive }) {
  const text = poolsText.members;
  const rings = [live.serving ?? live.forming, ...live.further].map((coalition) => coalition?.seats ?? []);
  const rows = sortMembers(live.members, rings.flat());
  if (rows.length === 0) return <p className="text-muted">{text.none}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take focus
    <section aria-label={text.label} tabIndex={0} className="overflow-x-auto">
      <table className="w-full whitespace-nowrap text-left text-sm" data-testid="pool-members">
        <TableHead columns={COLUMNS.map((column) => text.columns[column])} firstFigure={FIRST_FIGURE} />
        <tbody>
          {rows.map(({ member, seat }) => (
            <Row
              key={member.peer}
              member={member}
              seat={seat}
              seats={rings.flat()}
              place={placeOf(member, seat, rings)}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Its number in its own ring, as the ring's picture has it. */
function placeOf(member: PoolMember, seat: PoolSeat | undefined, rings: readonly (readonly PoolSeat[])[]): ReactNode {
  const text = poolsText.members;
  if (seat) {
    const ring = rings.findIndex((seats) => seats.includes(seat));
    const share = seat.totalBytes > 0 ? Math.floor((100 * seat.loadedBytes) / seat.totalBytes) : 100;
    return (
      <>
        <span className="font-semibold">{rings[ring]!.indexOf(seat) + 1}</span>
        {ring > 0 && <span className="ml-2 text-muted">{text.ring(ring + 1)}</span>}
        {!seat.ready && <span className="ml-2 text-hop">{text.loadingShare(share)}</span>}
      </>
    );
  }
  if (!member.isHere) return <span className="text-muted">{text.away}</span>;
  if (member.excluded) return <span className="text-danger">{text.excluded[member.excluded]}</span>;
  const isLoading = member.reserve?.some(({ isReady }) => !isReady);
  return (
    <>
      <span className="text-muted">{text.reserve}</span>
      {isLoading && <span className="ml-2 text-hop">{text.loading}</span>}
    </>
  );
}

const listParts = (ranges: readonly { start: number; end: number }[]): string =>
  joinLayers(ranges)
    .map(({ start, end }) => nameParts(start, end))
    .join(', ') || '–';

interface RowProps {
  member: PoolMember;
  seat: PoolSeat | undefined;
  /** All of the pool: what layers weigh that a tab in reserve holds. */
  seats: readonly PoolSeat[];
  place: ReactNode;
}

function Row({ member, seat, seats, place }: RowProps) {
  const { peer, backend, device, msPerLayer, memoryBytes } = member;
  const held = (member.reserve ?? []).filter(({ isReady }) => isReady);
  const bytesOf = ({ start, end }: { start: number; end: number }): number =>
    seats.find((each) => each.start === start && each.end === end)?.totalBytes ?? 0;
  const heldBytes = seat ? seat.totalBytes : held.reduce((sum, layers) => sum + bytesOf(layers), 0);
  return (
    <tr className="border-line border-b">
      <th scope="row" className="py-1.5 pr-4 font-normal">
        {place}
      </th>
      <td data-words="program" className="py-1.5 pr-4 font-mono" title={peer}>
        {peer.slice(0, 8)}
      </td>
      <td className="py-1.5 pr-4">
        <span data-words="program" className="inline-block max-w-56 truncate align-bottom" title={device}>
          {backend && device ? formatRunsOn(backend, device) : '–'}
        </span>
      </td>
      <td className="py-1.5 pr-4">{seat ? lossOf(seat) : '–'}</td>
      <td className={FIGURE}>{listParts(seat ? [seat] : held)}</td>
      <td className={FIGURE}>{heldBytes === 0 ? '–' : formatBytes(heldBytes)}</td>
      <td className={FIGURE}>{msPerLayer === undefined ? '–' : formatMs(msPerLayer)}</td>
      <td className={FIGURE}>{memoryBytes === undefined ? '–' : formatBytes(memoryBytes)}</td>
    </tr>
  );
}
