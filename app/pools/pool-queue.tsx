// How busy a pool is: answers that run and requests that wait, a mark for each.

import { poolsText } from '../text/english/pools.ts';

interface Props {
  running: number;
  waiting: number;
}

/** More marks than this would wrap; the figures stand beside them. */
const MAX_MARKS = 24;

export function PoolQueue({ running, waiting }: Props) {
  return (
    <section aria-label={poolsText.queue.label} data-testid="pool-queue" data-running={running} data-waiting={waiting}>
      <h3 className="label">{poolsText.queue.now}</h3>
      <dl className="mt-1.5 grid grid-cols-[auto_auto_minmax(0,1fr)] items-center gap-x-3 gap-y-1">
        <Marks name={poolsText.queue.running(running)} count={running} colour="bg-accent" />
        <Marks name={poolsText.queue.waiting(waiting)} count={waiting} colour="bg-wait" />
      </dl>
    </section>
  );
}

function Marks({ name, count, colour }: { name: string; count: number; colour: string }) {
  return (
    <>
      <dd className="text-right font-mono">{count}</dd>
      <dt className="text-muted text-sm">{name}</dt>
      <dd className="flex flex-wrap gap-1" aria-hidden="true">
        {Array.from({ length: Math.min(count, MAX_MARKS) }, (_, mark) => mark).map((mark) => (
          <span key={mark} className={`h-3.5 w-2 rounded-[2px] ${colour}`} />
        ))}
      </dd>
    </>
  );
}
