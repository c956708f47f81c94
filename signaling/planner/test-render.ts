// The table of docs/PLANNER.md, from the situations and the planner itself. Used by tests only.
import { planRoute } from './plan-route.ts';
import type { NamedSituation } from './test-situations.ts';

export const seatsOf = ({ situation }: NamedSituation): string[] =>
  (situation.serving?.seats ?? []).map(({ peer, start, end }) => {
    const index = situation.peers.findIndex((candidate) => candidate.peer === peer);
    return `${index}:${start}-${end}`;
  });

/** One row per situation: what was chosen, what it is predicted to do, why, and the best that was turned down. */
export function renderSituations(situations: readonly NamedSituation[]): string {
  const rows = situations.map((named) => {
    const route = planRoute(named.situation);
    if (route.kind === 'refused') return `| ${named.name} | refused | | ${route.message} | |`;
    const { mode, local, drafter, stages, predicted, reason, rejected } = route.plan;
    const where = local ? ', in the asking tab' : `, ${stages} ${stages === 1 ? 'stage' : 'stages'}`;
    const seats = seatsOf(named);
    const ring = local || seats.length === 0 ? '' : ` (${seats.join(' ')})`;
    const speed =
      predicted.tokensPerSecond > 0
        ? `${predicted.tokensPerSecond.toFixed(1)} tok/s, ${predicted.timeToFirstTokenMs.toFixed(0)} ms`
        : 'nothing';
    const [next] = rejected;
    const turnedDown = next ? `${next.mode}: ${next.why}` : '';
    return `| ${named.name} | **${mode}**${where}${ring}, drafter ${drafter} | ${speed} | ${reason} | ${turnedDown} |`;
  });
  return [
    '| situation | chosen | predicted speed, first token | why | turned down first |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
