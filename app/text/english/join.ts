// What stands on /join.
import { catalogue } from '../catalogue.ts';

/** `3 parts`, as pages call a model's layers. */
const parts = (count: number): string => `${count} ${count === 1 ? 'part' : 'parts'}`;

export const englishJoin = {
  title: 'Lend',
  heading: 'Lend this tab',
  intro:
    'It will hold some parts of a model, download only those, and compute them for whoever asks. It stops when you leave or close the tab.',
  askingServer: 'Asking the server what it serves.',
  addAnother: 'Lend once more in this window',
  addFull: 'This window holds as many as it may.',
  addHint: 'It takes memory of its own and holds parts of its own.',
  noSuchBackend: 'The address asks for a backend that is none: use webgpu or wasm.',

  form: {
    more: 'More choices: what computes, and memory',
    submit: 'Lend this tab',
    backend: 'What computes',
    backends: {
      auto: { name: 'Automatic', hint: 'WebGPU where there is one, else WASM' },
      webgpu: { name: 'WebGPU', hint: 'the GPU' },
      wasm: { name: 'WASM', hint: 'the CPU' },
    },
    memory: 'Memory to lend',
    memoryAutomatic: 'Automatic: a careful guess from this device',
    memoryUpTo: (bytes: string) => `Up to ${bytes}`,
    memoryHint: 'Weights and the conversations’ caches together stay below it.',
    payout: 'Payout address',
    payoutHint:
      'This pool pays in USDC. The tab signs that it is to be paid here; what goes to a wrong address is lost.',
    payoutMissing: 'Write the address that USDC is to be paid to: your wallet shows it.',
    payoutMalformed: 'An address is 0x and 40 digits from 0-9 and a-f: copy it from your wallet.',
    payoutNobody: 'This is nobody’s address: what is paid to it is lost.',
  },

  earnings: {
    label: 'Earnings',
    ofTab: (id: string) => `Credits of tab ${id}`,
    ofAccount: 'Credits of {name}',
    guest:
      'Lending earns credits. Without an account they stay with this browser’s key, and its chat can spend them. {logIn} to use them elsewhere.',
    logIn: 'Log in or make an account',
    earnFor: 'Earn for {name}',
    earnForHint:
      'Tabs that this browser lends sign with their own keys that they belong to the account. The server then knows which tabs are yours. You can let them go again under Account.',
  },

  invite: {
    summary: 'Invite another device',
    otherWindow: 'Whoever opens this link in another window or browser of this device can lend it to the same pool.',
    otherDevice: 'Whoever opens this link, on any device, can lend a tab to the same pool.',
    qrCode: 'QR code of this invite',
    ownDevice:
      'Other devices cannot open this address: {origin} means this very device. For them the server must be reached at its own name, over https, because browsers compute on no other page. Whoever runs it starts it with {command}; for other networks it takes a TLS proxy in front.',
    /** Where the server has https of its own: what other devices of the network open first. */
    ofNetwork:
      'Other devices of this network open this address first, which says how they come to trust this server, and then the invite:',
  },

  card: {
    name: (number: number) => `Lending ${number}`,
    ofModel: 'to {model}',
    pause: 'Pause',
    leave: 'Leave',
    remove: 'Remove',
    /** After the word on a button, for who does not see which card it is on. */
    which: (number: number) => ` lending ${number}`,
    rests: (number: number) => `Lending ${number} rests`,
    restsHint:
      'It computes nothing and holds no memory. What it had loaded stays on this device’s disk, so it is back quickly.',
    again: 'Lend again',
    againWith: (number: number) => ` with lending ${number}`,
    away: 'Keep this tab open: answers that pass through it go on, and it lends again by itself once the server is back.',
    priceMarket: (price: string) => `This pool asks ${price}.`,
    priceCredits: (tokens: number, completion: string, prompt: string) =>
      `This pool’s maker asks ${completion} credits for ${tokens} tokens of an answer, and ${prompt} for as many of a prompt.`,
    paidTo: 'What it earns is paid in USDC to {address}.',
    refused: 'Give the pool’s maker the id of this tab, shown below, then try again; or lend to another pool.',
    together: 'The tabs it works with',
    steps: 'Steps',
    stepStates: { done: 'done', current: 'under way', failed: 'failed', todo: 'to come' },
  },

  device: {
    backend: 'Computes with',
    device: 'Device',
    perLayer: 'Per part, measured',
    memory: 'Lends up to',
    model: 'Model has',
    modelParts: parts,
    id: 'Id of this tab',
  },

  slice: {
    title: 'What it holds',
    holds: (held: number, bytes: string) => `Your tab holds ${parts(held)}, ${bytes}.`,
    holdsOf: (held: number, layers: number, bytes: string, all: string) =>
      `Your tab holds ${held} of ${parts(layers)}, ${bytes} of the whole model’s ${all}.`,
    exactly: 'Exactly',
    layers: (range: string) => `Layers ${range}`,
    layersOf: (range: string, layers: number) => `Layers ${range} of ${layers}`,
    withEmbedding: (layers: string) => `${layers} with the embedding`,
    withHead: (layers: string) => `${layers} with the output head`,
    withBoth: (layers: string) => `${layers} with the embedding and the output head`,
    loaded: 'Weights loaded',
    bytesOf: (loaded: string, total: string) => `${loaded} of ${total}`,
    origin: (network: string, cache: string) => `${network} from the network, ${cache} from this browser’s cache`,
    strip: (held: string, layers: number) => `Parts ${held} of ${layers} are in this tab`,
    stripNone: (layers: number) => `${parts(layers)}, none in this tab`,
  },

  reserve: {
    title: 'What it holds in reserve',
    ready: 'When a tab that serves these parts goes, this one takes over within seconds.',
    loading: 'It loads parts that others serve, to take over when one of them goes.',
    parts: (range: string) => `Parts ${range}`,
    partsLoaded: (range: string) => `Parts ${range} loaded`,
    isReady: 'ready',
    isNext: 'next',
  },

  served: {
    title: 'Served',
    answers: 'Answers helped',
    conversations: 'Conversations held',
    tokens: 'Tokens computed',
    perStep: 'Per step',
    received: 'Received',
    sent: 'Sent',
    rate: (seconds: number, now: string) => `Tokens per second over the last ${seconds} seconds; now ${now}`,
  },
};

export const joinText = catalogue('join', englishJoin);
