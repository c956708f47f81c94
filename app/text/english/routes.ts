// Why an answer goes the way it does, and why it waits: word for word what the server says of it to programs.
import { catalogue } from '../catalogue.ts';

const tabs = (count: number): string => `${count} ${count === 1 ? 'tab' : 'tabs'}`;

export const englishRoute = {
  /** Times, sizes and paces come with their units. */
  facts: {
    holdsAll: (size: string, time: string) =>
      `This tab holds all of the ${size} itself, ${time} per layer: nothing travels.`,
    holdsAllUnserved: 'The server did not answer, and this tab holds the whole model.',
    unmeasured: 'This tab has not measured what it could do itself.',
    lendsTooLittle: (size: string, needed: string) => `This tab lends ${size} of the ${needed} that the model takes.`,
    noTab: 'No tab lends itself to this model.',
    tabsLendTooLittle: (count: number) => `${tabs(count)} lend too little memory for the model.`,
    tooFar: (count: number, pair: string, lap: string, mostPair: number, mostLap: number) =>
      `${tabs(count)}, ${pair} between two of them and ${lap} of ways per lap: beyond ${mostPair} or ${mostLap} ms nobody should wait for each token.`,
    oneTab: 'One tab holds the whole model; nothing travels between two tokens.',
    nothingToSplit: 'One tab holds the whole model: there is nothing to split.',
    together: (count: number, pair: string, lap: string) =>
      `${tabs(count)} hold the model together, ${pair} between the farthest two on the way around; hops take ${lap} per lap.`,
    neighboursApart: (time: string, most: number) =>
      `Two neighbours of the ring are ${time} apart; ${most} ms is the most for it.`,
    wayToThem: (time: string) => `The way to them and back, ${time}, is waited for once.`,
    waysAssumed: (ms: number) => `Ways that nobody measured count as ${ms} ms there and back.`,
    loadsFirst: 'Its slices have to be loaded first.',
    predicted: (pace: string, time: string) => `Predicted: ${pace}, first token after ${time}.`,
    predictedAgainst: (pace: string, other: string, mode: string, time: string) =>
      `Predicted: ${pace} against ${other} (${mode}), first token after ${time}.`,
    waits: (time: string) => `About ${time} in the queue first.`,
    compared: (pace: string, chosen: string) => `${pace} against ${chosen}.`,
    crowded: (running: number, queued: number, time: string, most: string) =>
      `${running} answers run and ${queued} wait: about ${time} until this one begins, and ${most} is the most that a person should wait.`,
    askedForBatch: 'A batch was asked for.',
    nothingNow: 'Nothing interactive can be had now.',
    later: 'A job now, the answer later.',
  },
  queue: {
    loading: 'Nobody answers with this model at this moment: the tabs that are here load their layers.',
    replacing: 'The stages of this answer are being replaced.',
    one: (running: number, slots: number) => `The tabs answer ${running} at once now and have room for ${slots}.`,
    rings: (rings: number, running: number, slots: number) =>
      `${rings} rings together answer ${running} at once now and have room for ${slots}.`,
  },
};

export const routeText = catalogue('routes', englishRoute);
