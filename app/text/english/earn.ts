// What operators of market pools read: what their tabs have earned in USDC, how it is fetched, and how the server's own key stands.
import { catalogue } from '../catalogue.ts';

export const englishEarn = {
  title: 'Earned in USDC',
  none: 'None of your tabs has worked for a paid session yet.',
  intro:
    'Sessions that your tabs worked for. What receipts show is yours once a session is over; a part streams before.',
  yours: 'Yours',
  ofIt: (amount: string) => `of it paid ${amount}`,
  perSecond: (amount: string) => `${amount} a second to all of its tabs`,
  states: {
    paying: 'being paid for',
    waiting: 'waits for a question',
    streaming: 'streams',
    resting: 'rests',
    ending: 'ends',
    over: 'over',
  },
  receipts: (count: number) => (count === 1 ? '1 signed receipt of yours' : `${count} signed receipts of yours`),
  receiptsNone: 'No receipt of yours yet: tabs sign at the end of an answer.',
  saveReceipts: 'Save the receipts',
  steps: 'Each step, with its transaction',
  waiting: {
    title: 'To be fetched',
    intro:
      'What streams and what is paid at the end lies with your address as USDCx, or waits at the pool until it is claimed.',
    claimable: 'Waits at the pool',
    wrapped: 'With your address, as USDCx',
    claim: 'Claim',
    unwrap: 'Turn into USDC',
    gas: 'Both are transactions of your own wallet, and cost its gas.',
    slots:
      'An address is connected with four pools at most, and strangers may take these: then everything waits here until it is claimed.',
    working: 'Waiting for your wallet and the chain.',
    done: 'Done.',
    none: 'Nothing waits.',
  },
  connect: 'Use my wallet’s account',
  connecting: 'Your wallet asks which account to use.',
  operator: {
    title: 'For whoever runs this server',
    hotKey: 'Hot key',
    sessions: (count: number) =>
      count === 1 ? 'gas money for 1 more session' : `gas money for ${count.toLocaleString('en-GB')} more sessions`,
    low: 'That is little: send it some, or sessions can be neither opened nor closed.',
    waiting: (count: number) =>
      count === 1 ? '1 transaction is on its way' : `${count} transactions are on their way`,
    paid: 'Paid sessions',
    noSessions: 'Nobody has paid for one yet.',
    treasury: 'Treasury',
    contract: 'Contract',
  },
  make: {
    title: 'Make a market pool',
    intro:
      'A market pool is a contract of its own, which your own key deploys and pays for. This server makes the pool when it starts with it.',
    name: 'Name',
    chain: 'Network',
    price: 'USDC for a million tokens',
    deploy: 'Deploy it:',
    start: 'Start the server with it:',
    badName: 'Small letters, digits and hyphens.',
    badPrice: 'A number above 0.',
  },
};

export const earnText = catalogue('earn', englishEarn);
