// What stands in the chat that pages of other sites show in a frame.
import { catalogue } from '../catalogue.ts';

export const englishEmbed = {
  title: 'Chat',
  conversation: 'Conversation',
  intro: 'Write below. The answer comes from browser tabs that hold the model together, word by word.',
  noPool: (id: string) => `“${id}” is no pool.`,
  noPoolNext: 'The name of a pool is owner/model@revision:dtype, as its page shows it.',
  pay: 'What this costs, and paying for it',
  hostWallet: 'the page’s wallet',
  onePlace: 'One answer at a time here.',
  onePlaceNext: 'Wait until it has ended, or stop it.',
  notSent: 'The question was not sent.',
  notSentNext: 'Ask again.',
  nothingAsked: 'There is nothing to answer.',
  nothingAskedNext: 'Ask with a text.',
  hostWaits: (question: string) => `This page asks “${question}” as soon as it can be answered.`,
  doNotSend: 'Do not send',
  lend: 'Lend this device to the pool',
  lendHint: 'Opens a new tab, and nothing is lent before you say so there.',
  whoSees: 'Who sees this',
  seen: 'What you write goes to the tabs that answer, whose owners can read along, and not to the page around this frame. That page can ask here too, in your sight, and gets the answers to its own questions. Nothing of this conversation is kept.',
  apart:
    'Your browser keeps this frame apart from ComputePool’s own pages: your account and the credits that you have there do not count here.',
  ownTab: 'Go on in a tab of its own',
  ownTabHint: 'There your own credits count, and lending earns some. What this page gives is there again tomorrow.',
};

export const embedText = catalogue('embed', englishEmbed);
