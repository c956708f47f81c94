// What stands on the start page, and where there is no page.
import { catalogue } from '../catalogue.ts';

export const englishHome = {
  title: 'One model over many browser tabs',
  heading: 'One language model, held together by many browser tabs.',
  intro:
    'Each tab that lends its GPU holds a few layers of a model there. The tabs pass their results to each other directly, and together they answer questions that none of them could answer alone.',
  lend: 'Lend this GPU',
  ask: 'Ask',
  free: 'Nothing to install and no account. Closing the tab ends it.',
  demo: {
    title: 'See it happen, in this page',
    text: 'Press play, and this page becomes a small network: three workers hold a third of a model each, a fourth one asks them. What they compute is real, and so is each hop that you see. It loads some 9 MB first.',
    play: 'Play',
    loading: 'Loading …',
    failed: 'It could not be loaded. Press once more.',
  },
  facts: {
    token: {
      title: 'How a token travels',
      text: 'Your tab turns your text into token numbers and sends them to the first tab of the ring. It computes its layers and hands one small vector, the hidden state, to the next tab over WebRTC, and so on. The last tab picks a token and sends its number to you, and to the first tab, which begins the next lap by itself: one lap, one token, and however far away you are, you wait for that distance once.',
    },
    privacy: {
      title: 'Who sees what',
      text: 'The server sees which tabs are there and which layers they hold. What is asked in the chat never reaches it; what a program asks over HTTP passes through it. The first tab of the ring receives your token numbers and the last one picks the answer’s, so treat their owners as people who can read along. The tabs between see hidden states, from which text can be recovered in part. Tabs that talk to each other learn each other’s network address.',
    },
    cost: {
      title: 'What it costs',
      text: 'Asking costs credits, which lending earns; newcomers get some to begin with, and nobody can buy them. Lending takes electricity, the memory of the layers you hold, their download once, and a few kilobytes per token and hop. More tabs do not make one answer faster, since each hop takes time. They make larger models possible and let more people ask at once.',
    },
  },
  notFound: {
    title: 'No such page',
    heading: 'There is no page at this address.',
    text: 'The address may be mistyped, or the page has moved.',
    toStart: 'To the start',
    toChat: 'To the chat',
  },
};

export const homeText = catalogue('home', englishHome);
