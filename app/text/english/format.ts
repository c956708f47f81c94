// Figures and states in words, as every page tells them. What stands for a figure comes in as text, in the digits of the language.
import type { CodecPolicy } from '../../../protocol/codec.ts';
import type { StagePhase } from '../../../shard-worker/index.ts';
import { catalogue } from '../catalogue.ts';

/** `1 tab`, `3 tabs`: nouns that are counted. */
const nouns = {
  answer: { one: 'answer', other: 'answers' },
  credit: { one: 'credit', other: 'credits' },
  'drafted token': { one: 'drafted token', other: 'drafted tokens' },
  part: { one: 'part', other: 'parts' },
  peer: { one: 'peer', other: 'peers' },
  tab: { one: 'tab', other: 'tabs' },
  token: { one: 'token', other: 'tokens' },
};

function ordinal(place: number): string {
  const teens = place % 100 >= 11 && place % 100 <= 13;
  const ending = teens ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th');
  return `${place}${ending}`;
}

export const englishFormat = {
  nouns,
  ordinal,
  rate: (figure: string) => `${figure} tok/s`,
  bytes: (figure: string, unit: string) => `${figure} ${unit}`,
  time: {
    milliseconds: (figure: string) => `${figure} ms`,
    seconds: (figure: string) => `${figure} s`,
    minutes: (minutes: number, seconds: number) => `${minutes} min ${seconds} s`,
    hours: (hours: number, minutes: number) => `${hours} h ${minutes} min`,
  },
  when: {
    now: 'just now',
    minutes: (count: number) => `${count} min ago`,
    hours: (count: number) => `${count} h ago`,
    days: (count: number) => (count === 1 ? '1 day ago' : `${count} days ago`),
  },
  price: {
    perMillion: (amount: string) => `${amount} per million tokens`,
    both: (answer: string, prompt: string) => `${answer} of an answer, ${prompt} of a prompt`,
  },
  answer: {
    thisDevice: 'this device',
    oneTab: 'one tab',
    sharded: (tabs: string) => `${tabs} together`,
    firstToken: (time: string) => `first token ${time}`,
    tokens: (prompt: string, generated: string) => `${prompt} of prompt, ${generated} generated`,
    perLap: (figure: string) => `${figure} tokens per lap: `,
    drafts: (right: string, drafted: string, percent: number) => `${right} of ${drafted} were right (${percent} %).`,
  },
  away: {
    since: (time: string) => `Away for ${time}.`,
    next: (time: string) => `Next try in ${time}.`,
    now: 'Trying again now.',
  },
  chat: {
    connecting: 'Connecting.',
    nobody: 'No tabs have joined yet, so nobody can answer.',
    tooFew: (tabs: string) => `Only ${tabs} joined so far, not enough to answer.`,
    forming: (ready: number, tabs: string, count: number) =>
      `Forming: ${ready} of ${tabs} ${count === 1 ? 'is' : 'are'} ready.`,
    /** In place of the server's own words, where those are in another language; '' where they are not. */
    waits: '',
    sharing: 'Tabs have joined; the server is giving them their layers.',
    one: 'One tab would answer.',
    together: (tabs: string) => `${tabs} would answer together.`,
    failed: 'Not connected.',
  },
  oneThread: 'WASM, 1 thread',
  earned: {
    none: (moment: string) => `No answer has passed through here since ${moment}.`,
    some: (figures: string, moment: string) => `Helped ${figures} since ${moment}.`,
  },
  late: (seats: readonly number[]) =>
    `${seats.length === 1 ? `Tab ${seats[0]} is` : `Tabs ${seats.join(' and ')} are`} late. If nothing comes within seconds, others take over.`,
  lending: {
    failed: 'Lending failed',
    gettingReady: 'Lending: getting ready',
    waits: 'waits for questions',
    computed: (tokens: string) => `${tokens} computed`,
    one: (done: string) => `Lending: ${done}`,
    several: (parts: string, done: string) => `Lending ${parts}: ${done}`,
    /** Before the title of a window that others need. */
    titlePrefix: 'Lends: ',
  },
  line: {
    granted: 'Welcome credits',
    grantMoved: 'Welcome credits moved on',
    setAside: 'Set aside for a request',
    held: 'Held for a request',
    setFree: 'Set free after a request',
    returned: 'Returned: not needed',
    claimMoved: 'Moved to an account',
    claimed: 'Came along with a claimed browser',
    paid: 'Paid for a request',
    earnedOrReturned: 'Earned by lending, or returned',
  },
  request: {
    earned: 'Earned by lending',
    underWay: 'A request that is under way',
    byOwnTabs: 'A request that your tabs answered',
    plain: 'A request',
  },
  modes: {
    local: 'This device',
    solo: 'One device',
    lan: 'Tabs together',
    speculative: 'Tabs together, guessing ahead',
    batch: 'Batch, later',
  },
  modelParts: { embedding: 'embedding', head: 'output head', layer: (layer: number) => `layer ${layer}` },
  parts: {
    draft: 'drafting',
    wire: 'wire',
    queue: 'queue',
    upload: 'upload',
    compute: 'compute',
    readback: 'read back',
    rest: 'rest',
  },
  place: {
    next: (place: string) => `Next: ${place}`,
    of: (place: string, waiting: number) => `${place} of ${waiting} in the queue`,
  },
  steps: {
    connecting: 'Connect',
    'reading-model': 'Read the model',
    probing: 'Measure',
    waiting: 'Wait for a place',
    loading: 'Load',
    serving: 'Serve',
  },
  waterfall: {
    stage: (number: number, layers: string) => `${number} · layers ${layers}`,
    drafting: 'Drafting',
    beforeLap: 'before the lap',
    back: 'Back to the entry',
    rest: 'Rest',
    restOf: 'sending, clocks',
    tellStage: (number: number, times: string, shared: string) => `Stage ${number}: ${times}${shared}.`,
    shared: (sessions: string) => `; ${sessions} sessions shared a run`,
    tellDraft: (time: string) => `Drafting: ${time} before a lap, until the guess was there.`,
    tellBack: (time: string) => `Back to the entry: ${time} on the wire.`,
    tellRest: (time: string) =>
      `Rest: ${time} that no tab reported: sending, the entry’s own work, uneven round trips.`,
    lap: (lap: string, brought: string, token: string) =>
      `One lap took ${lap} and brought ${brought}; a token took ${token}`,
    draftedLap: (lap: string, brought: string, token: string) =>
      `One lap with its drafting took ${lap} and brought ${brought}; a token took ${token}`,
    oneToken: 'one token',
    tokens: (figure: string) => `${figure} tokens`,
    overlap: ', since several laps were on their way at once',
    measured: (laps: number) => (laps === 1 ? 'One lap was measured.' : `Means over ${laps} laps.`),
  },
};

export const formatText = catalogue('format', englishFormat);

/** What each phase of a shard means, one sentence for the person. */
export const englishPhases: Record<StagePhase, string> = {
  connecting: 'Connecting to the server that introduces tabs to each other.',
  'reading-model': 'Reading the model’s structure. No weights are loaded yet.',
  probing: 'Measuring how fast this device computes one layer.',
  waiting: 'Ready. It gets its layers as soon as the pool has a place for it.',
  loading: 'Loading the weights of its layers, and no others.',
  serving: 'Serving. Keep this tab open; answers pass through it.',
  failed: 'Stopped by an error.',
  left: 'Left the pool. Its memory is free again.',
};
export const phaseText = catalogue('phases', englishPhases);

/** A pool's state in a word. */
export const englishStatuses = {
  empty: 'no tabs',
  waiting: 'waiting',
  forming: 'loading',
  ready: 'ready',
  unloaded: 'unloaded',
};
export const statusText = catalogue('statuses', englishStatuses);

/** Where drafts come from. */
export const englishDrafters = { none: 'none', ngram: 'repeats in the text', model: 'a small model' };
export const drafterText = catalogue('drafters', englishDrafters);

/** What is rounded on the way between tabs; `exact` is not worth a sentence. */
export const englishCodecs: Record<Exclude<CodecPolicy, 'exact'>, string> = {
  f16: 'Hidden states travel in half precision: half the bytes, and answers may differ a little.',
  int8: 'Hidden states travel as one byte per number: a quarter of the bytes, and answers may differ.',
  auto: 'Hidden states are rounded where a link is slow enough for it to pay; answers may differ a little.',
};
export const codecText = catalogue('codecs', englishCodecs);
