// What the demonstration on the start page says, and the network's numbers there.
import { catalogue } from '../catalogue.ts';

const tokens = (count: number): string => `${count} ${count === 1 ? 'token' : 'tokens'}`;

export const englishStory = {
  oneMoment: 'One moment.',
  asker: 'you',
  shard: (number: number) => `shard ${number}`,
  loads: (number: number) => `Weights of shard ${number}`,
  question: 'Asked',
  again: 'Once more',
  phases: {
    loading: 'This page starts four workers and loads a third of the model into three of them.',
    asking: 'The shards compute, one after another, lap by lap.',
    failed: 'The demonstration stopped.',
  },
  done: (answer: number, hops: number) => `The answer is complete: ${tokens(answer)} in ${hops} hops.`,
  slow: {
    label: 'Slow motion',
    hint: (time: string) =>
      `This page is the wire here, and holds each hop back for ${time} so that eyes can follow. What computes runs at its own pace either way.`,
  },
  figures: {
    compute: 'Inside the shards, per token',
    lap: 'One lap',
    rate: 'Speed',
    note: 'Measured just now on this device. A lap in slow motion has the time that this page held it back; between real tabs there is the network instead.',
  },
  hops: {
    title: 'What has just passed',
    number: (hop: number) => `no. ${hop}`,
    way: (from: string, to: string) => `${from} → ${to}`,
    carries: {
      step: (count: number, bytes: string) => `the prompt, ${tokens(count)}, ${bytes}.`,
      hidden: (count: number, bytes: string) => `a hidden state for ${tokens(count)}, ${bytes}.`,
      result: (_count: number, bytes: string) => `the number of the next token, ${bytes}.`,
    },
    computed: (time: string) => `Computed in ${time}.`,
  },
  numbers: {
    title: 'This network now',
    tabs: 'Tabs that lend',
    pools: 'Pools that answer',
    answers: 'Answers under way in the largest pool',
    rate: 'Its last answers, median',
    none: 'none yet',
    of: (ready: number, all: number) => `${ready} of ${all}`,
    away: 'The server does not answer, so its numbers cannot be shown.',
  },
};

export const storyText = catalogue('story', englishStory);
