// Why an answer goes the way it does, and why it waits, in the language that is spoken. Pure.
import type { QueueReason, RouteFact } from '../../protocol/route-fact.ts';
import { formatText } from '../text/english/format.ts';
import { routeText } from '../text/english/routes.ts';
import { formatBytes } from './format-bytes.ts';
import { formatRate } from './format-count.ts';
import { formatMs } from './format-ms.ts';

/** A sentence for each; '' where the server told none. */
export const tellRoute = (facts: readonly RouteFact[] = []): string => facts.map(tellFact).join(' ');

function tellFact(fact: RouteFact): string {
  const { facts: text } = routeText;
  switch (fact.kind) {
    case 'holds-all':
      return text.holdsAll(formatBytes(fact.bytes), formatMs(fact.msPerLayer));
    case 'holds-all-unserved':
      return text.holdsAllUnserved;
    case 'unmeasured':
      return text.unmeasured;
    case 'lends-too-little':
      return text.lendsTooLittle(formatBytes(fact.bytes), formatBytes(fact.neededBytes));
    case 'no-tab':
      return text.noTab;
    case 'tabs-lend-too-little':
      return text.tabsLendTooLittle(fact.tabs);
    case 'too-far': {
      const { pairMs, lapMs, mostPairMs, mostLapMs } = fact;
      return text.tooFar(fact.tabs, formatMs(pairMs), formatMs(lapMs), mostPairMs, mostLapMs);
    }
    case 'one-tab':
      return text.oneTab;
    case 'nothing-to-split':
      return text.nothingToSplit;
    case 'together':
      return text.together(fact.tabs, formatMs(fact.pairMs), formatMs(fact.lapMs));
    case 'neighbours-apart':
      return text.neighboursApart(formatMs(fact.pairMs), fact.mostMs);
    case 'way-to-them':
      return text.wayToThem(formatMs(fact.ms));
    case 'ways-assumed':
      return text.waysAssumed(fact.ms);
    case 'loads-first':
      return text.loadsFirst;
    case 'predicted': {
      const [pace, time] = [formatRate(fact.tokensPerSecond), formatMs(fact.timeToFirstTokenMs)];
      const { against } = fact;
      if (!against) return text.predicted(pace, time);
      return text.predictedAgainst(pace, formatRate(against.tokensPerSecond), formatText.modes[against.mode], time);
    }
    case 'waits':
      return text.waits(formatMs(fact.ms));
    case 'compared':
      return text.compared(formatRate(fact.tokensPerSecond), formatRate(fact.chosenTokensPerSecond));
    case 'crowded':
      return text.crowded(fact.running, fact.queued, formatMs(fact.waitMs), formatMs(fact.mostWaitMs));
    case 'asked-for-batch':
      return text.askedForBatch;
    case 'nothing-now':
      return text.nothingNow;
    case 'later':
      return text.later;
  }
}

export function tellQueue(why: QueueReason): string {
  const { queue: text } = routeText;
  if (why.kind !== 'full') return text[why.kind];
  const { rings, running, slots } = why;
  return rings > 1 ? text.rings(rings, running, slots) : text.one(running, slots);
}
