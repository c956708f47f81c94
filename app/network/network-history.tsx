// The last hour or day: tokens, tabs, and rings that broke and answered again, as small charts and as a table.
import { useState } from 'react';
import type { Network, NetworkHistoryPoints } from '../../protocol/http/network.ts';
import { formatCount, formatRate } from '../format/format-count.ts';
import { formatMs } from '../format/format-ms.ts';
import { languageTag } from '../text/catalogue.ts';
import { networkText } from '../text/english/network.ts';
import { Card } from '../ui/card.tsx';
import { Segments } from '../ui/segments.tsx';
import { TableHead } from '../ui/table-head.tsx';
import { HistoryChart } from './history-chart.tsx';

const SPANS = ['hour', 'day'] as const;
type Span = (typeof SPANS)[number];
const COLUMNS = ['time', 'tokens', 'answers', 'tabs', 'broken', 'again', 'took'] as const;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export function NetworkHistory({ network }: { network: Network }) {
  const text = networkText.history;
  const [span, setSpan] = useState<Span>('hour');
  const points = network[span];
  const most = span === 'hour' ? 60 : 96;
  const [broken, again] = [sum(points.failures), sum(points.recoveries)];
  const peak = Math.max(0, ...points.tokensPerSecond);
  return (
    <Card
      title={text.title}
      aside={
        <Segments<Span>
          legend={text.span}
          segments={SPANS.map((value) => ({ value, name: text.spans[value] }))}
          value={span}
          onPick={setSpan}
        />
      }
      testId="network-history"
    >
      <div className="grid gap-x-8 gap-y-6 md:grid-cols-3">
        <HistoryChart
          title={text.tokens}
          told={peak > 0 ? text.tokensTold(formatRate(peak)) : text.tokensNone}
          series={[{ values: points.tokensPerSecond, kind: 'area', colour: 'accent' }]}
          most={most}
        />
        <HistoryChart
          title={text.tabs}
          told={text.tabsTold(formatCount(points.peers.at(-1) ?? 0), formatCount(Math.max(0, ...points.peers)))}
          series={[{ values: points.peers, kind: 'area', colour: 'hop' }]}
          most={most}
        />
        <HistoryChart
          title={text.breaks}
          told={text.breaksTold(broken, again, meanTime(points))}
          series={[
            { values: points.failures, kind: 'bars', colour: 'danger' },
            { values: points.recoveries, kind: 'bars', colour: 'accent' },
          ]}
          most={most}
        />
      </div>
      <details className="mt-5 border-line border-t pt-3" data-testid="network-points">
        <summary className="min-h-8 font-medium text-sm">{text.asTable}</summary>
        <Points points={points} at={network.at} />
      </details>
    </Card>
  );
}

/** '' where no ring answered again. */
function meanTime({ recoveries, recoveryMs }: NetworkHistoryPoints): string {
  const again = sum(recoveries);
  if (again === 0) return '';
  return formatMs(sum(recoveries.map((count, at) => count * (recoveryMs[at] ?? 0))) / again);
}

/** Newest first. */
function Points({ points, at }: { points: NetworkHistoryPoints; at: Date }) {
  const text = networkText.history;
  const clock = new Intl.DateTimeFormat(languageTag(), { hour: '2-digit', minute: '2-digit' });
  const pointMs = points.pointSeconds * 1000;
  const last = points.tokensPerSecond.length - 1;
  const beginOf = (index: number): Date => new Date(at.getTime() - (last - index) * pointMs);
  const cell = 'py-1 pr-4 text-right font-mono last:pr-0';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take focus
    <section aria-label={text.title} tabIndex={0} className="mt-2 max-h-80 overflow-auto">
      <table className="w-full whitespace-nowrap text-left text-sm">
        <TableHead columns={COLUMNS.map((column) => text.columns[column])} firstFigure={1} />
        <tbody>
          {points.tokensPerSecond
            .map((tokens, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a point is its place in the row
              <tr key={index} className="border-line border-b">
                <th scope="row" className="py-1 pr-4 font-mono font-normal">
                  {clock.format(beginOf(index))}
                </th>
                <td className={cell}>{tokens > 0 ? formatRate(tokens) : formatCount(0)}</td>
                <td className={cell}>{tellAnswers(points.answers[index])}</td>
                <td className={cell}>{formatCount(points.peers[index] ?? 0)}</td>
                <td className={cell}>{formatCount(points.failures[index] ?? 0)}</td>
                <td className={cell}>{formatCount(points.recoveries[index] ?? 0)}</td>
                <td className={cell}>{formatMs(points.recoveryMs[index] ?? -1)}</td>
              </tr>
            ))
            .reverse()}
        </tbody>
      </table>
    </section>
  );
}

const tellAnswers = (answers: number | null | undefined): string =>
  answers === null ? networkText.history.few : formatCount(answers ?? 0);
