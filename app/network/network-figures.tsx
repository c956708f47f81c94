// The network in four figures.
import type { ReactNode } from 'react';
import type { Network } from '../../protocol/http/network.ts';
import { formatCount, formatRate } from '../format/format-count.ts';
import { networkText } from '../text/english/network.ts';

export function NetworkFigures({ network: { totals, tokensPerSecond } }: { network: Network }) {
  const text = networkText.figures;
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4" data-testid="network-figures">
      <Figure name={text.tabs} value={formatCount(totals.peers)}>
        {text.tabsNow(totals.serving, totals.loading, totals.waiting)}
      </Figure>
      <Figure name={text.rings} value={formatCount(totals.coalitions)}>
        {text.ringsNow(totals.coalitions)}
      </Figure>
      <Figure name={text.running} value={formatCount(totals.answering)}>
        {text.runningNow(totals.answering)}
      </Figure>
      <Figure name={text.tokens} value={tokensPerSecond > 0 ? formatRate(tokensPerSecond) : formatCount(0)}>
        {text.tokensNow}
      </Figure>
    </dl>
  );
}

function Figure({ name, value, children }: { name: string; value: string; children: ReactNode }) {
  return (
    <div className="panel flex min-w-0 flex-col p-4">
      <dt className="label">{name}</dt>
      <dd className="mt-1 font-mono font-semibold text-2xl tracking-tight">{value}</dd>
      <dd className="mt-1 text-muted text-sm leading-snug">{children}</dd>
    </div>
  );
}
