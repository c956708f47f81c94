// What decided a route, in English sentences for programs; pages tell the same in their own languages. Pure.
import type { QueueReason, RouteFact } from '../../protocol/route-fact.ts';
import { gigabytes, milliseconds, perSecond, tabs } from './words.ts';

/** As route-plan.ts allows. */
const MAX_REASON_CHARS = 500;

/** A sentence for each. */
export const tellFacts = (facts: readonly RouteFact[]): string =>
  facts.map(tellFact).join(' ').slice(0, MAX_REASON_CHARS);

export function tellFact(fact: RouteFact): string {
  switch (fact.kind) {
    case 'holds-all':
      return `This tab holds all of the ${gigabytes(fact.bytes)} itself, ${milliseconds(fact.msPerLayer)} per layer: nothing travels.`;
    case 'holds-all-unserved':
      return 'The server did not answer, and this tab holds the whole model.';
    case 'unmeasured':
      return 'This tab has not measured what it could do itself.';
    case 'lends-too-little':
      return `This tab lends ${gigabytes(fact.bytes)} of the ${gigabytes(fact.neededBytes)} that the model takes.`;
    case 'no-tab':
      return 'No tab lends itself to this model.';
    case 'tabs-lend-too-little':
      return `${tabs(fact.tabs)} lend too little memory for the model.`;
    case 'too-far':
      return `${tabs(fact.tabs)}, ${milliseconds(fact.pairMs)} between two of them and ${milliseconds(fact.lapMs)} of ways per lap: beyond ${fact.mostPairMs} or ${fact.mostLapMs} ms nobody should wait for each token.`;
    case 'one-tab':
      return 'One tab holds the whole model; nothing travels between two tokens.';
    case 'nothing-to-split':
      return 'One tab holds the whole model: there is nothing to split.';
    case 'together':
      return `${tabs(fact.tabs)} hold the model together, ${milliseconds(fact.pairMs)} between the farthest two on the way around; hops take ${milliseconds(fact.lapMs)} per lap.`;
    case 'neighbours-apart':
      return `Two neighbours of the ring are ${milliseconds(fact.pairMs)} apart; ${fact.mostMs} ms is the most for it.`;
    case 'way-to-them':
      return `The way to them and back, ${milliseconds(fact.ms)}, is waited for once.`;
    case 'ways-assumed':
      return `Ways that nobody measured count as ${fact.ms} ms there and back.`;
    case 'loads-first':
      return 'Its slices have to be loaded first.';
    case 'predicted': {
      const { tokensPerSecond, timeToFirstTokenMs, against } = fact;
      const other = against ? ` against ${perSecond(against.tokensPerSecond)} (${against.mode})` : '';
      return `Predicted: ${perSecond(tokensPerSecond)}${other}, first token after ${milliseconds(timeToFirstTokenMs)}.`;
    }
    case 'waits':
      return `About ${milliseconds(fact.ms)} in the queue first.`;
    case 'compared':
      return `${perSecond(fact.tokensPerSecond)} against ${perSecond(fact.chosenTokensPerSecond)}.`;
    case 'crowded':
      return `${fact.running} answers run and ${fact.queued} wait: about ${milliseconds(fact.waitMs)} until this one begins, and ${milliseconds(fact.mostWaitMs)} is the most that a person should wait.`;
    case 'asked-for-batch':
      return 'A batch was asked for.';
    case 'nothing-now':
      return 'Nothing interactive can be had now.';
    case 'later':
      return 'A job now, the answer later.';
  }
}

export function tellQueue(why: QueueReason): string {
  if (why.kind === 'loading')
    return 'Nobody answers with this model at this moment: the tabs that are here load their layers.';
  if (why.kind === 'replacing') return 'The stages of this answer are being replaced.';
  const { rings, running, slots } = why;
  if (rings > 1) return `${rings} rings together answer ${running} at once now and have room for ${slots}.`;
  return `The tabs answer ${running} at once now and have room for ${slots}.`;
}
