// One lap as a waterfall: a row per stop of the route, bars where its time went. A row tells its exact numbers below the
// picture when the pointer or the keyboard is on it, and to screen readers always.
import { useState } from 'react';
import type { AnswerStats } from '../../shard-worker/index.ts';
import { nameRow, tellLap, tellRow } from '../format/describe-waterfall.ts';
import { formatMs } from '../format/format-ms.ts';
import { layoutWaterfall, type PartName, type WaterfallRow } from '../format/layout-waterfall.ts';
import { chatText } from '../text/english/chat.ts';
import { formatText } from '../text/english/format.ts';

const FILLS: Record<PartName, string> = {
  draft: 'fill-return bg-return',
  wire: 'fill-hop bg-hop',
  queue: 'fill-wait bg-wait',
  upload: 'fill-upload bg-upload',
  compute: 'fill-accent bg-accent',
  readback: 'fill-readback bg-readback',
  rest: 'fill-rest bg-rest',
};

export function Waterfall({ stats }: { stats: AnswerStats }) {
  const [told, setTold] = useState<number>();
  const { wholeMs, rows, totals } = layoutWaterfall(stats);
  if (rows.length === 0) return null;
  const row = told === undefined ? undefined : rows[told];
  return (
    <section aria-label={chatText.waterfall.name} data-testid="waterfall">
      <p className="label">{chatText.waterfall.heading}</p>
      <p className="mt-1 text-muted">{tellLap(stats)}</p>
      <ol className="mt-2">
        {rows.map((each, index) => (
          <Row
            key={each.stop ? each.stop.stage : each.kind}
            row={each}
            isTold={index === told}
            onTell={(isOn) => setTold((now) => (isOn ? index : now === index ? undefined : now))}
          />
        ))}
      </ol>
      <p className="flex justify-between font-mono text-muted text-xs sm:pr-16 sm:pl-44" aria-hidden="true">
        <span>0</span>
        <span>{formatMs(wholeMs / 2)}</span>
        <span>{formatMs(wholeMs)}</span>
      </p>
      <p
        className="mt-2 min-h-17 rounded bg-panel px-2 py-1 text-muted sm:min-h-12"
        aria-hidden="true"
        data-testid="waterfall-told"
      >
        {row ? tellRow(row) : chatText.waterfall.point}
      </p>
      <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1" aria-label={chatText.waterfall.inAll}>
        {totals.map(({ name, ms }) => (
          <li key={name} className="flex items-center gap-1.5" data-part={name} data-ms={ms}>
            <span className={`size-2.5 rounded-[2px] ${FILLS[name]}`} aria-hidden="true" />
            {formatText.parts[name]} <span className="font-mono">{formatMs(ms)}</span>
          </li>
        ))}
      </ul>
      {stats.route.some(({ backend }) => backend === 'webgpu') && (
        <p className="mt-2 text-muted text-xs">{chatText.waterfall.webgpu}</p>
      )}
    </section>
  );
}

interface RowProps {
  row: WaterfallRow;
  isTold: boolean;
  onTell(isOn: boolean): void;
}

/** A button, so that touch and keyboard reach it as the pointer does. */
function Row({ row, isTold, onTell }: RowProps) {
  const { title, note } = nameRow(row);
  return (
    <li data-testid="waterfall-row" data-kind={row.kind} data-ms={row.ms}>
      <button
        type="button"
        onFocus={() => onTell(true)}
        onBlur={() => onTell(false)}
        onPointerEnter={() => onTell(true)}
        onPointerLeave={(event) => event.pointerType === 'mouse' && onTell(false)}
        className={`grid w-full grid-cols-[1fr_auto] items-center gap-x-3 rounded py-1 text-left sm:grid-cols-[10.25rem_1fr_3.25rem] ${isTold ? 'bg-panel' : ''}`}
      >
        <span className="min-w-0">
          <span className="block truncate">{title}</span>
          {/* A device is called as its browser calls it. */}
          {note !== '' && (
            <span lang={row.stop ? 'en' : undefined} className="block truncate text-muted text-xs">
              {note}
            </span>
          )}
        </span>
        <span className="text-right font-mono sm:order-3">{formatMs(row.ms)}</span>
        <Bars row={row} />
        <span className="sr-only">. {tellRow(row)}</span>
      </button>
    </li>
  );
}

function Bars({ row }: { row: WaterfallRow }) {
  return (
    <svg
      viewBox="0 0 100 12"
      preserveAspectRatio="none"
      aria-hidden="true"
      className="col-span-2 mt-1 h-3 w-full sm:order-2 sm:col-span-1 sm:mt-0"
    >
      <path d="M0 0V12M25 0V12M50 0V12M75 0V12M100 0V12" className="stroke-line" vectorEffect="non-scaling-stroke" />
      {row.parts.map((part) => (
        <rect
          key={part.name}
          x={part.fromPercent}
          y="1"
          width={part.percent}
          height="10"
          className={FILLS[part.name]}
          vectorEffect="non-scaling-stroke"
        >
          <title>{`${formatText.parts[part.name]} ${formatMs(part.ms)}`}</title>
        </rect>
      ))}
    </svg>
  );
}
