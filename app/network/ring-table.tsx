// The facts of the map as a table: each ring with its tabs, their parts and their links.
import { useState } from 'react';
import type { Network, NetworkCoalition } from '../../protocol/http/network.ts';
import { formatMs } from '../format/format-ms.ts';
import { networkText } from '../text/english/network.ts';
import { nameParts } from '../ui/name-parts.ts';
import { TableHead } from '../ui/table-head.tsx';

/** Nobody reads more at once. */
const SHOWN = 12;
/** So much of a name that was made up tells tabs of one ring apart. */
const NAME_CHARS = 8;
const COLUMNS = ['ring', 'model', 'now', 'tabs', 'way'] as const;

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
            <TableHead columns={COLUMNS.map((column) => text.columns[column])} firstFigure={COLUMNS.length} />
            <tbody>
              {rings.map((coalition, at) => (
                <Row key={coalition.id} number={at + 1} coalition={coalition} model={pools[coalition.pool]?.model} />
              ))}
            </tbody>
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

function Row({ number, coalition, model }: { number: number; coalition: NetworkCoalition; model: string | undefined }) {
  const text = networkText.rings;
  const { seats, state, isAnswering } = coalition;
  return (
    <tr className="border-line border-b align-top" data-testid="network-ring" data-answering={isAnswering}>
      <th scope="row" className="py-2 pr-4 font-semibold">
        {number}
      </th>
      <td className="py-2 pr-4">
        <bdi>{model}</bdi>
      </td>
      <td className="whitespace-nowrap py-2 pr-4">
        {state === 'ready' && isAnswering ? (
          <span className="font-medium text-accent">{text.states.answering}</span>
        ) : (
          <span className={state === 'broken' ? 'text-danger' : undefined}>{text.states[state]}</span>
        )}
      </td>
      <td className="py-2 pr-4 font-mono">{seats.length}</td>
      <td className="py-2">
        <ol className="flex flex-wrap gap-x-3 gap-y-1">
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
              {seats.length > 1 && rttMs !== null && <span className="text-hop"> → {formatMs(rttMs)}</span>}
            </li>
          ))}
        </ol>
      </td>
    </tr>
  );
}
