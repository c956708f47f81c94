// The stops of an answer's route, with mean times per token.
import type { AnswerStats, RouteStop } from '../../shard-worker/index.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatLayers, formatRunsOn } from '../format/format-model.ts';
import { formatMs } from '../format/format-ms.ts';

const COLUMNS = ['Stage', 'Layers', 'Runs on', 'Holds', 'Compute', 'Wait', 'Hop'] as const;
/** Columns from here on hold figures and are set right. */
const FIRST_FIGURE = 3;

export function RouteTable({ stats }: { stats: AnswerStats }) {
  return (
    // Wider than a phone: it scrolls by itself, and can be reached with the keyboard to do so.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take focus
    <section aria-label="Route" tabIndex={0} className="overflow-x-auto">
      <table data-testid="route-table" className="w-full whitespace-nowrap text-left">
        <caption className="label pb-1 text-left">Route, means per token</caption>
        <thead>
          <tr className="border-line border-b text-muted">
            {COLUMNS.map((column, index) => (
              <th
                key={column}
                scope="col"
                className={`py-1 pr-4 font-medium last:pr-0 ${index >= FIRST_FIGURE ? 'text-right' : ''}`}
              >
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="font-mono">
          {stats.route.map((stop) => (
            <StopRow key={stop.stage} stop={stop} />
          ))}
          {stats.returnHopMs > 0 && (
            <tr>
              <th scope="row" colSpan={6} className="py-1 pr-4 font-normal font-sans text-muted">
                back to the asker
              </th>
              <td className="py-1 text-right">{formatMs(stats.returnHopMs)}</td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}

function StopRow({ stop }: { stop: RouteStop }) {
  const figure = 'py-1 pr-4 text-right last:pr-0';
  return (
    <tr className="border-line border-b">
      <th scope="row" className="py-1 pr-4 font-semibold">
        {stop.stage + 1}
      </th>
      <td className="py-1 pr-4">{formatLayers(stop.start, stop.end)}</td>
      <td className="py-1 pr-4 font-sans">
        <span className="inline-block max-w-56 truncate align-bottom" title={stop.device}>
          {formatRunsOn(stop.backend, stop.device)}
        </span>
      </td>
      <td className={figure}>{formatBytes(stop.totalBytes)}</td>
      <td className={figure}>{formatMs(stop.computeMs)}</td>
      <td className={figure}>{formatMs(stop.queueMs + stop.uploadMs + stop.readbackMs)}</td>
      <td className={figure}>{formatMs(stop.hopMs)}</td>
    </tr>
  );
}
