// The facts of the map as a table: each ring with its tabs, their parts and their links.
import { useState } from 'react';
import type { Network, NetworkCoalition } from '../../protocol/http/network.ts';
import { networkText } from '../text/english/network.ts';
import { nameParts } from '../ui/name-parts.ts';
import { TableHead } from '../ui/table-head.tsx';
import { tellRtt } from './tell-rtt.ts';

/** Nobody reads more at once. */
const SHOWN = 8;
/** So much of a name that was made up tells tabs of one ring apart. */
const NAME_CHARS = 8;
const COLUMNS = ['ring', 'model', 'now', 'tabs'] as const;

export function RingTable({ network }: { network: Network }) {
  const text = networkText.rings;
  const [isWhole, setWhole] = useState(false);
  const { coalitions, pools, totals } = network;
  const rings = isWhole ? coalitions : coalitions.slice(0, SHOWN);
  return (
    <>
      {coalitions.length === 0 ? (
        <p className="text-muted">{text.none}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take focus
        <section aria-label={text.title} tabIndex={0} className="overflow-x-auto">
          <table className="w-full text-left text-sm" data-testid="network-rings">
            <TableHead columns={COLUMNS.map((column) => text.columns[column])} firstFigure={COLUMNS.length - 1} />
            {rings.map((coalition, at) => (
              <Ring key={coalition.id} number={at + 1} coalition={coalition} model={pools[coalition.pool]?.model} />
            ))}
          </table>
        </section>
      )}
      {coalitions.length > SHOWN && (
        <button
          type="button"
          className="button button-small mt-3"
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
        >
          {isWhole ? text.fewer : text.all(coalitions.length)}
        </button>
      )}
      {totals.waiting > 0 && <p className="mt-3 text-muted text-sm">{text.waiting(totals.waiting)}</p>}
    </>
  );
}

interface Props {
  number: number;
  coalition: NetworkCoalition;
  model: string | undefined;
}

/** Two rows: on a phone the way of a token has the whole width. */
function Ring({ number, coalition, model }: Props) {
  const text = networkText.rings;
  const { seats, state, isAnswering } = coalition;
  const isRunning = state === 'ready' && isAnswering;
  return (
    <tbody className="border-line border-b align-top" data-testid="network-ring" data-answering={isAnswering}>
      <tr>
        <th scope="rowgroup" rowSpan={2} className="w-12 py-2 pr-4 font-semibold">
          {number}
        </th>
        <td className="break-words pt-2 pr-4 font-medium">
          <bdi>{model}</bdi>
        </td>
        <td className={`pt-2 pr-4 ${isRunning ? 'font-medium text-accent' : state === 'broken' ? 'text-danger' : ''}`}>
          {text.states[isRunning ? 'answering' : state]}
        </td>
        <td className="pt-2 text-right font-mono">{seats.length}</td>
      </tr>
      <tr>
        <td colSpan={COLUMNS.length - 1} className="pt-0.5 pb-2">
          <Way seats={seats} />
        </td>
      </tr>
    </tbody>
  );
}

/** From seat to seat, with what the link to the next one takes. */
function Way({ seats }: Pick<NetworkCoalition, 'seats'>) {
  const text = networkText.rings;
  return (
    <ol aria-label={text.way} className="flex flex-wrap gap-x-3 gap-y-0.5">
      {seats.map(({ peer, start, end, rttMs }, at) => (
        <li key={peer ?? at} className="whitespace-nowrap">
          {peer ? (
            <span data-words="program" className="font-mono text-muted">
              {peer.slice(0, NAME_CHARS)}
            </span>
          ) : (
            <span className="text-danger">{text.left}</span>
          )}{' '}
          {text.parts(nameParts(start, end), end - start)}
          {seats.length > 1 && rttMs !== null && <span className="text-hop"> → {tellRtt(rttMs)}</span>}
        </li>
      ))}
    </ol>
  );
}
