// What the deck says. Its figures come from receipts, when the site is built.
import { catalogue } from '../catalogue.ts';

export const englishPitch = {
  title: 'In ten slides',
  place: (number: number, count: number) => `${number} of ${count}`,
  back: 'Back',
  next: 'Next',
  times: (ratio: string) => `${ratio}×`,
  percent: (share: string) => `${share} %`,
  seconds: (count: string) => `${count} s`,
  receipt: {
    link: 'Receipt',
    made: (date: string, cores: number) => `${date}, on a machine with ${cores} cores and no GPU.`,
    dirty: 'The tree had changes that its commit lacks.',
  },
  slides: {
    begin: {
      title: 'One language model, held together by many browser tabs.',
      text: 'Open a page, and your device holds a few layers of a model. Enough such pages answer together what none of them could answer alone. Nothing to install, no account, no cloud that computes.',
      see: 'See it happen',
      keys: 'The arrow keys lead from slide to slide. Each figure links to the receipt of its measurement.',
    },
    how: {
      title: 'How it works',
      points: {
        cut: {
          title: 'Any exported model, cut where it stands',
          text: 'A tab reads the model’s graph and fetches just the weights of its layers. Nothing is converted, and no server keeps a copy of its own.',
        },
        ring: {
          title: 'A ring of tabs',
          text: 'Hidden states travel from tab to tab over WebRTC. One lap is one token; you wait for your own distance once.',
        },
        server: {
          title: 'A server that computes nothing',
          text: 'It introduces tabs, plans who holds what and keeps the credits. Of a chat in a tab it never sees a word.',
        },
        open: {
          title: 'The API that programs know',
          text: 'Any OpenAI client works with it. Credits are earned by lending; market pools are paid in USDC.',
        },
      },
    },
    equal: {
      title: 'Split or whole, the same answer',
      text: 'Equality is the definition of correct: token for token, also while tabs come and go.',
      soak: (leaves: string, wrong: string) =>
        `answers in half an hour while tabs left ${leaves} times were the whole model’s, and ${wrong} were not.`,
      settled: (broken: string) =>
        `made-up answers settled, with liars among those who served: ${broken} of them broke the rules of the bill.`,
    },
    distance: {
      title: 'Distance costs what distance costs',
      text: 'Between tabs that are far apart little is lost but the way itself, and drafting takes most of that back.',
      bound: 'of the speed that compute and distance allow, at the least, over two and three tabs 5 to 50 ms apart.',
      drafted: (least: string) =>
        `as fast where a small model drafts, over two tabs 20 ms apart; on texts that it does not know well ${least} at the least. The tokens are the same.`,
      sessions: (count: string) => `as many tokens a second with ${count} conversations on four tabs as with one.`,
    },
    slower: {
      title: 'More tabs never make one answer faster',
      text: 'They make larger models possible, and serve more people at once. Whoever has room for the whole model is quickest alone.',
      ofSolo: (two: string) =>
        `of one tab’s own speed is left over three tabs with no distance between them, and ${two} over two: the smallest model there is, where a hop weighs most.`,
      alone: 'as fast as transformers.js, one tab alone with WASM and the same files.',
    },
    loss: {
      title: 'Tabs close. Answers go on',
      text: 'Every cache of an answer can be computed again by whoever takes the empty seat. That is right nearly always, and not yet as quick as it should be.',
      of: (right: string, all: string) => `${right} of ${all}`,
      right: 'kinds of loss, from a closed tab to a lost GPU, left text, usage and bill as in a calm run.',
      silent: (missed: string, all: string) =>
        `without tokens when the tab in the middle is closed and another one stands by. ${missed} of ${all} aims of this bench are missed.`,
      back: (tabs: string) => `until ${tabs} tabs are back when the server is killed and starts again.`,
    },
    hostile: {
      title: 'Nobody’s word is believed',
      text: 'Links are proved by keys, permission by signed tickets, work by receipts that only the payer’s side can redeem.',
      fuzzed: (faults: string) => `random and hostile messages, and ${faults} faults of the server.`,
      of: (right: string) => `${right} of 100`,
      attacked: 'answers to honest people were right while an attacker used all that the server lets strangers do.',
    },
    money: {
      title: 'Strangers can pay, by the answer or by the second',
      text: 'A market pool answers 402, one signature pays, the contract splits it among the tabs that served. Measured on a real EVM, at the gas price that the receipt names.',
      payment: 'for one payment at the end, on Base, as reckoned.',
      stream: (gas: string) => `for a stream that is opened and closed: ${gas} gas.`,
    },
    cost: {
      title: 'What it costs, against a cloud',
      text: 'For those who ask: credits, which lending earns. For those who lend: electricity. Nothing on this slide is measured, since nobody has measured this network on GPUs yet; change what you know better.',
      fields: {
        tabs: 'Tabs',
        wattsPerTab: 'Watts more per tab',
        tokensPerSecond: 'Tokens a second, all answers',
        perKwh: 'Price of a kWh',
        cloudPerMillion: 'Cloud, per million tokens',
      },
      result: (own: string, cloud: string) =>
        `${own} in electricity for a million tokens, against ${cloud} in a cloud.`,
      nothing: 'Numbers above zero give a result.',
      sources:
        'Assumed: 60 W is a laptop’s chip at work, 0.30 a household’s price in Germany, 60 tokens a second a guess for eight answers side by side, 0.15 an order of magnitude for a model of 8 billion parameters at a cloud; look your own up. A cloud with full batches is hard to beat on price. This is for devices that are on anyway, for models that nobody hosts for you, and for people who would rather not ask a company.',
    },
    open: {
      title: 'What is not solved',
      points: {
        proofs: {
          title: 'Proofs of inference',
          text: 'A tab could compute something else. Short known answers try each ring before it serves, and receipts name whom an audit would ask; audits are not there yet.',
        },
        privacy: {
          title: 'Prompts hidden from stages',
          text: 'The first tab receives your token numbers, the last one picks the answer’s, and from hidden states text can be recovered in part. Ask strangers nothing that strangers must not read.',
        },
        gpus: {
          title: 'Figures from real GPUs',
          text: 'Everything here was measured on two CPU cores, with small models. Ratios carry over better than speeds.',
        },
        recovery: {
          title: 'Losses that nobody notices',
          text: 'A tab that falls silent costs seconds, more than the aim.',
        },
        server: {
          title: 'One server plans',
          text: 'Chats go on without it and new ones wait. There is no network of servers yet.',
        },
        nat: {
          title: 'Networks that let nobody in',
          text: 'Some tabs reach each other through a relay only, which somebody has to run.',
        },
      },
    },
  },
};

export const pitchText = catalogue('pitch', englishPitch);
