// Which model answers, and how much of its memory a conversation takes.
import { catalogue } from '../catalogue.ts';

const tabs = (count: number, figure: string): string => `${figure} ${count === 1 ? 'tab' : 'tabs'}`;

export const englishModels = {
  model: 'Model',
  choose: 'Choose a model',
  tabs,
  states: { empty: 'no tabs', waiting: 'waits for tabs', forming: 'getting ready', ready: 'answers now' },
  speed: (figure: string) => `about ${figure} tokens a second`,
  credits: (figure: string) => `${figure} credits for 1,000 tokens`,
  inUsdc: (price: string) => `paid in USDC: ${price}`,
  used: (used: string, all: string) =>
    `This conversation takes ${used} of the ${all} tokens that the model can keep in mind.`,
  usedShort: (used: string, all: string) => `${used} of ${all} tokens`,
  nearlyFull: 'The oldest messages will be left out soon; a new chat begins empty.',
  whoAnswers: 'Who answers',
  suggest: 'Real answers need a larger model. With the memory that devices such as this one lend:',
  suggestOne: (name: string, size: string) => `${name} (about ${size}): this device alone may hold it`,
  suggestMany: (name: string, size: string, devices: string) =>
    `${name} (about ${size}): ${devices} such devices together`,
  lendFor: 'Lend for it',
};

export const modelsText = catalogue('models', englishModels);
