// What stands on /network.
import { catalogue } from '../catalogue.ts';

const tabs = (count: number): string => `${count} ${count === 1 ? 'tab' : 'tabs'}`;
const rings = (count: number): string => `${count} ${count === 1 ? 'ring' : 'rings'}`;
const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

export const englishNetwork = {
  title: 'Network',
  intro:
    'Every tab that lends now, the rings in which tabs hold a model together, and the tokens that run along them. Nobody’s name or address is here: tabs have names that are made up and change every ten minutes.',
  asking: 'Asking for the network.',
  asItWas: 'The network is shown as it was. Answers that have begun go on.',
  comesLater: 'The network comes with it.',
  evidence:
    'Tokens are counted once an answer is settled, by the server’s clock. Round trips are what links between tabs measured, in steps. A ring breaks when it loses a tab while it answers; tabs that say goodbye first break none. Few answers are told as few, so that no figure is one person’s.',

  figures: {
    tabs: 'Tabs',
    tabsNow: (serving: number, loading: number, waiting: number) =>
      `${serving} in rings, ${loading} loading, ${waiting} waiting`,
    rings: 'Rings',
    ringsNow: (count: number): string =>
      count === 0 ? 'none holds a whole model now' : count === 1 ? 'holds a whole model' : 'each hold a whole model',
    running: 'Tokens run in',
    runningNow: (count: number): string => (count === 1 ? 'ring now' : 'rings now'),
    tokens: 'Throughput',
    tokensNow: 'settled in the last minute',
  },

  map: {
    empty: 'No tab lends at the moment. The first one starts the network.',
    label: (peers: number, count: number, running: number) =>
      `Map of the network: ${tabs(peers)}, ${rings(count)}, tokens run in ${running}. The table below says the same.`,
    signs: {
      serving: 'a tab that serves',
      loading: 'one that loads',
      waiting: 'one that waits',
      gone: 'an empty seat',
      link: 'links: strong is near, thin is far',
      tokens: 'tokens run',
    },
  },

  rings: {
    title: 'Rings',
    none: 'There is no ring now.',
    columns: { ring: 'Ring', model: 'Model', now: 'Now', tabs: 'Tabs' },
    way: 'The way of a token',
    states: {
      answering: 'tokens run',
      ready: 'ready',
      forming: 'loads',
      broken: 'broken',
    },
    parts: (range: string, count: number) => `${count === 1 ? 'part' : 'parts'} ${range}`,
    left: 'has left',
    all: (count: number) => `Show all ${rings(count)}`,
    fewer: 'Show fewer',
    waiting: (count: number) =>
      `${tabs(count)} ${count === 1 ? 'is' : 'are'} in no ring and ${count === 1 ? 'waits' : 'wait'}.`,
  },

  coverage: {
    title: 'Which parts how many hold',
    none: 'No tab holds a part of a model now.',
    tabs,
    held: (range: string, parts: number, count: number) =>
      `${parts === 1 ? 'part' : 'parts'} ${range}: ${count === 0 ? 'nobody' : tabs(count)}`,
  },

  history: {
    title: 'Over time',
    span: 'Time that is shown',
    spans: { hour: 'Last hour', day: 'Last day' },
    tokens: 'Tokens a second',
    tokensTold: (peak: string) => `At most ${peak}.`,
    tokensNone: 'No answer was settled.',
    tabs: 'Tabs',
    tabsTold: (now: string, most: string) => `${now} now, ${most} at most.`,
    breaks: 'Rings that broke and came back',
    breaksTold: (broken: number, again: number, took: string): string =>
      broken === 0 && again === 0
        ? 'None broke.'
        : `Broke ${times(broken)}, answered again ${times(again)}${took === '' ? '' : `, after ${took} on average`}.`,
    asTable: 'The same as a table',
    columns: {
      time: 'Time',
      tokens: 'Tokens',
      answers: 'Answers',
      tabs: 'Tabs',
      broken: 'Broke',
      again: 'Answered again',
      took: 'After',
    },
    few: 'fewer than 5',
  },
};

export const networkText = catalogue('network', englishNetwork);
