// What stands around every page, and in parts that several pages have.
import { catalogue } from '../catalogue.ts';

const tabs = (count: number): string => `${count} ${count === 1 ? 'tab' : 'tabs'}`;

export const englishUi = {
  skip: 'Skip to the content',
  oneMoment: 'One moment.',
  places: { chat: 'Chat', join: 'Lend', pools: 'Pools', account: 'Account' },
  mainNavigation: 'Main',
  colours: 'Colours',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  language: 'Language',
  newerVersion: 'A newer version of this site is here.',
  reload: 'Reload',
  footer:
    'The server introduces tabs to each other, plans who holds which layers and keeps the credits. What is asked in the chat travels between tabs and never passes through it; what a program asks over HTTP does, and what a market pool is asked. Hidden states never do. Conversations are kept by the browser that asks, on its device, and by nobody else.',

  more: {
    title: 'About this site',
    network: 'The network, live',
    pitch: 'In ten slides',
    docs: 'Documents',
    reference: 'API reference',
    licence: 'Licence (MIT)',
  },

  away: { title: 'The server does not answer.', tryNow: 'Try now' },

  confirm: {
    keep: 'Keep',
    /** After the word on the button: what it is done to. */
    which: (subject: string) => ` ${subject}`,
  },

  copy: {
    copy: 'Copy',
    copied: 'Copied',
    refused: 'The browser refused: select it and copy by hand.',
    /** After the word on the button, for who does not see what it stands beside. */
    which: {
      answer: ' the answer',
      code: ' the code',
      invite: ' the invite',
      key: ' the key',
      link: ' the link',
      program: ' the program',
      question: ' the question',
      secret: ' the secret',
    },
    done: {
      answer: 'The answer is copied.',
      code: 'The code is copied.',
      invite: 'The invite is copied.',
      key: 'The key is copied.',
      link: 'The link is copied.',
      program: 'The program is copied.',
      question: 'The question is copied.',
      secret: 'The secret is copied.',
    },
  },

  insecure: {
    title: 'This page needs https',
    what: 'Opened like this it can neither lend nor ask: the browser gives it no WebGPU, and no keys by which tabs know each other.',
    why: 'Browsers give both only to pages that come over https, or from the very machine they run on (localhost). {origin} is neither.',
    todo: 'What you can do',
    onThisDevice: 'If the server runs on this device: {address}',
    onOthers: 'From any other device: {address}',
    operator:
      'If that does not open, ask whoever runs this server for https. In a network of one’s own it takes {own}; elsewhere a TLS proxy in front and {option}',
  },

  model: {
    legend: 'Model',
    siteDefault: 'this site’s default',
    draftFor: (repo: string) => `draft for ${repo}`,
    other: 'Another model from the hub',
    otherHint: 'Any decoder in the layout of the onnx-community repositories.',
    dtype: 'Weight format',
    repo: 'Repository',
    revision: 'Revision',
    repoHint: 'The tab reads its structure first and refuses what cannot be split.',
    repoMalformed: 'Write it as owner/name.',
  },

  password: {
    title: 'Your password, once more',
    why: 'You logged in a while ago, and what you want to do outlasts a login.',
    label: 'Password',
    goOn: 'Go on',
    giveUp: 'Leave it',
    checking: 'Checking the password.',
  },

  picture: {
    title: 'The pool now',
    noModel: 'No model yet',
    asItWas: 'The pool is shown as it was.',
    unknown: 'The server does not answer, so the pool cannot be shown.',
    one: 'One tab holds all of it and would answer.',
    together: (count: number) => `${tabs(count)} hold it together and would answer.`,
    forming: (ready: number, count: number) => `${ready} of ${tabs(count)} have loaded their parts.`,
    none: 'No tab holds it at the moment. The first one to lend a GPU starts it.',
    looking: 'Looking for its tabs.',
  },

  predictions: {
    none: 'No finished answers to compare yet.',
    label: (answers: number, error: string) =>
      `Predicted and measured tokens per second of ${answers} ${answers === 1 ? 'answer' : 'answers'}. Median error ${error}.`,
    predicted: 'predicted tok/s',
    measured: 'measured tok/s',
    caption: 'A dot on the dashed line was predicted exactly. Median error {error}.',
  },

  ring: {
    /** In the middle: who asks. */
    asker: 'asks',
    none: 'No tab lends to it yet',
    tabs: (count: number, parts: string) => `${tabs(count)} in a ring, with these parts of the model: ${parts}`,
  },

  route: {
    title: 'Why this route',
    table: 'Predicted and measured',
    predicted: 'predicted',
    measured: 'measured',
    speed: 'Speed',
    firstToken: 'First token',
    drafts: (source: string) => `Drafts come from ${source}.`,
    bars: 'Bars: predicted tokens per second. Line: measured.',
    taken: 'taken',
    impossible: 'not possible now',
  },

  seats: {
    parts: (range: string, count: number) => `${count === 1 ? 'part' : 'parts'} ${range}`,
    thisTab: 'this tab',
    loading: (number: number) => `Tab ${number} is loading`,
    bytesOf: (loaded: string, total: string) => `${loaded} of ${total}`,
  },
};

export const uiText = catalogue('ui', englishUi);
