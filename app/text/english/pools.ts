// What stands on /pools and on the page of a pool.
import { catalogue } from '../catalogue.ts';

const tabs = (count: number): string => `${count} ${count === 1 ? 'tab' : 'tabs'}`;

export const englishPools = {
  title: 'Pools',
  intro:
    'A pool is one offer of a model in one weight format, and the tabs that serve it together. Programs reach all of them through the same API: {description} is an OpenAPI document.',
  description: 'its description',
  all: 'All pools',

  list: {
    asking: 'Asking which pools there are.',
    asItWas: 'The list is as it was.',
    comesLater: 'The list comes with it.',
    none: 'There are no pools yet. Make the first one below.',
    tabs,
    splitIn: (stages: number) => `split in ${stages}`,
    splitFreely: 'split as it fits',
    parts: (layers: number) => `${layers} ${layers === 1 ? 'part' : 'parts'}`,
    listedOnly: 'listed tabs only',
    yours: 'yours',
    market: 'market',
  },

  form: {
    title: 'Make a pool',
    askingWho: 'Asking who you are.',
    askingModels: 'Asking which models there are.',
    needsAccount: 'A pool belongs to an account. {logIn} first.',
    logIn: 'Log in or make one',
    stages: 'Tabs to split over',
    automatic: 'automatic',
    stagesHint: 'How many tabs to split over. Empty: as few as hold it.',
    stagesProblem: (most: number) => `Tabs are a whole number from 1 to ${most}, or empty for automatic.`,
    slug: 'Name',
    noSlug: 'none',
    slugHint: 'Only where the model has a pool already: a further one lives beside it.',
    slugProblem: 'A name has small letters, digits and hyphens: at most 40, a letter or digit at either end.',
    recruit: 'Any tab may lend to it',
    recruitHint: 'Otherwise only tabs that you list take part.',
    reading: 'Reading the model’s structure: layers, bytes and context.',
    submit: 'Make the pool',
  },

  page: {
    asking: 'Asking for the pool.',
    asItWas: 'The pool is shown as it was. Answers that have begun go on.',
    comesLater: 'The pool comes with it.',
    ask: 'Ask it',
    lend: 'Lend a tab to it',
  },

  market: {
    line: 'Paid in USDC on {chain} by {contract}: {serving} % to the tabs that serve, {treasury} % to the treasury.',
    lineWithPrice:
      '{price}, in USDC on {chain} by {contract}: {serving} % to the tabs that serve, {treasury} % to the treasury.',
    contract: 'its contract',
    chain: (id: number) => `chain ${id}`,
  },

  live: {
    ring: 'The ring',
    rings: 'The rings',
    legends: {
      answer: 'At each tab: its parts and what they took per token, measured in the last answer.',
      probe: 'At each tab: its parts and what its own probe foretells per token. Hops appear after an answer.',
      none: 'Times appear once the tabs have been measured.',
    },
    hops: 'In blue: the hops.',
    further: (count: number) =>
      `${count === 1 ? 'A second ring answers' : `${count} more rings answer`} beside it: a question goes where there is most room.`,
    predictions: 'Predicted and measured',
    last: 'The last answer',
    tabs: 'Tabs',
  },

  queue: {
    label: 'Queue',
    now: 'Now',
    running: (count: number): string => (count === 1 ? 'answer runs' : 'answers run'),
    waiting: (count: number): string => (count === 1 ? 'request waits' : 'requests wait'),
  },

  model: {
    title: 'The model',
    layers: 'Layers',
    weights: 'Weights',
    context: 'Context',
    tokens: (count: string) => `${count} tokens`,
    cache: 'Cache per token',
    hidden: 'Hidden state',
    wide: (size: string) => `${size} wide`,
    bytes: 'Bytes, in the order of the model',
    strip: (sums: string) => `Weights: ${sums}`,
    kinds: { embedding: 'embedding', layer: 'layers', head: 'output head' },
  },

  members: {
    label: 'Members',
    none: 'No tab is here yet.',
    columns: {
      place: 'Place',
      id: 'Id',
      runsOn: 'Runs on',
      loss: 'If it goes',
      parts: 'Parts',
      holds: 'Holds',
      perLayer: 'Per part',
      memory: 'Lends up to',
    },
    standby: { warm: 'a spare is ready', loading: 'a spare is loading', none: 'others load first' },
    lossTime: (standby: string, seconds: number) => `${standby}, about ${seconds} s`,
    ring: (number: number) => `ring ${number}`,
    loadingShare: (percent: number) => `loading ${percent} %`,
    away: 'listed, away',
    reserve: 'reserve',
    loading: 'loading',
    excluded: {
      failed: 'failed',
      stalled: 'stopped loading',
      unreachable: 'cannot be reached by its neighbours',
      silent: 'answers nobody',
      unshown: 'did not show what it says',
      unsteady: 'left its seat or failed in it again and again',
    },
  },

  owner: {
    title: 'Change this pool',
    load: 'Load',
    unload: 'Unload',
    loadedHint: 'Unloading frees the tabs’ memory; they stay in the pool.',
    unloadedHint: 'Nothing is loaded: nobody can ask until you load it.',
    remove: 'Delete',
    removeWhich: 'this pool',
    removeWarning: 'Its tabs serve it no longer, and its settings are gone.',
    removeConfirm: 'Delete it',
    save: 'Save',
    recruitHint: 'Otherwise only the tabs listed here take part.',
    telling: 'Telling the server.',
  },

  embed: {
    title: 'Show its chat in other pages',
    origins: 'Pages that may show it',
    originsHint: 'Addresses such as https://app.example, with spaces between them; * is any page. Empty: none.',
    originsProblem: 'These are addresses such as https://app.example, 20 at most, or a single *.',
    sponsor: 'Given to visitors of these pages',
    sponsorHint:
      'Your account pays for their answers up to these credits a day. A visitor is a network address. What names itself one of these pages without being one can spend them, too, so the second sum is the most that a day costs you. An answer counts with the most that it may cost until it has ended.',
    visitor: 'One visitor, credits a day',
    day: 'All visitors, credits a day',
    nothing: 'nothing',
    sponsorProblem: 'Both are numbers above 0, or both are empty.',
    save: 'Save',
    tag: 'What to put into the page',
  },

  listed: {
    title: 'Listed tabs',
    none: 'None yet: add the id of a tab that lends.',
    remove: 'Remove',
    /** After the word on the button. */
    which: (id: string) => ` tab ${id}`,
    id: 'Id of a tab',
    idHint: '32 digits; the pages Lend and Account show it.',
    idProblem: 'A tab’s id has 32 digits from 0-9 and a-f.',
    add: 'Add',
  },
};

export const poolsText = catalogue('pools', englishPools);
