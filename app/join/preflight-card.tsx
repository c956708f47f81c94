// What this device brings to lending, before anything is loaded: a line with a mark each, and what to do about a problem.
import { preflightText } from '../text/english/preflight.ts';
import { listPreflight, type PreflightLine, type PreflightMark } from './preflight-lines.ts';
import { type Chosen, usePreflight } from './use-preflight.ts';

const LOOKS: Record<PreflightMark, { sign: string; className: string }> = {
  ok: { sign: '✓', className: 'border-accent text-accent' },
  note: { sign: '–', className: 'border-control text-muted' },
  problem: { sign: '!', className: 'border-danger bg-danger-soft text-danger' },
  looking: { sign: '…', className: 'border-line text-muted' },
};

export function PreflightCard(chosen: Chosen) {
  const lines = listPreflight(usePreflight(chosen));
  const isLooking = lines.some(({ mark }) => mark === 'looking');
  return (
    <section
      className="rounded-md border border-line bg-paper p-4"
      aria-labelledby="preflight"
      aria-busy={isLooking}
      data-testid="preflight"
      data-looking={isLooking}
    >
      <h2 id="preflight" className="font-semibold">
        {preflightText.title}
      </h2>
      <p className="text-muted text-sm">{preflightText.hint}</p>
      <ul className="mt-3 space-y-2">
        {lines.map((line) => (
          <Line key={line.name} line={line} />
        ))}
      </ul>
    </section>
  );
}

function Line({ line: { name, mark, text, todo } }: { line: PreflightLine }) {
  const { sign, className } = LOOKS[mark];
  return (
    <li className="flex gap-3 text-sm" data-testid={`preflight-${name}`} data-mark={mark}>
      <span
        aria-hidden="true"
        className={`mt-0.5 flex size-5 shrink-0 items-center justify-center rounded-full border font-semibold text-xs ${className}`}
      >
        {sign}
      </span>
      <div className="min-w-0">
        <p>
          <span className="font-medium">{preflightText.names[name]}</span>
          <span className="sr-only">, {preflightText.marks[mark]}</span>: {text}
        </p>
        {todo && <p className="text-muted">{todo}</p>}
      </div>
    </li>
  );
}
