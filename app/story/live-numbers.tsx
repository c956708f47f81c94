// The network's numbers as everybody may read them, on the start page: counted by the server, none of them estimated.
import { formatCount, formatRate } from '../format/format-count.ts';
import { useRemote } from '../state/use-remote.ts';
import { storyText } from '../text/english/story.ts';
import { readNumbers } from './read-numbers.ts';

const EVERY_MS = 10_000;

export function LiveNumbers() {
  const { value, error } = useRemote(readNumbers, EVERY_MS);
  const text = storyText.numbers;
  if (!value) return <p className="text-muted text-sm">{error ? text.away : storyText.oneMoment}</p>;
  const { tabs, pools, readyPools, underWay, tokensPerSecond } = value;
  return (
    <section aria-label={text.title} data-testid="live-numbers">
      <p className="label mb-2">{text.title}</p>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 lg:grid-cols-4">
        <Count name={text.tabs} value={formatCount(tabs)} />
        <Count name={text.pools} value={text.of(readyPools, pools)} />
        <Count name={text.answers} value={formatCount(underWay)} />
        <Count name={text.rate} value={tokensPerSecond === undefined ? text.none : formatRate(tokensPerSecond)} />
      </dl>
    </section>
  );
}

const Count = ({ name, value }: { name: string; value: string }) => (
  <div className="flex flex-col-reverse justify-end border-accent border-l-4 pl-3">
    <dt className="text-muted text-sm">{name}</dt>
    <dd className="font-mono font-semibold text-2xl">{value}</dd>
  </div>
);
