// Settlement against made-up answers with adversaries in them: any subset of the seats, with or without the client, over HTTP
// and in chats, lying in any field, leaving out, repeating, inventing. The judge counts single cells of what truly happened
// and shares no code with what it judges. Used by tests and benches only.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { PeerId, SessionId } from '../../protocol/ids.ts';
import type { Receipt } from '../../protocol/receipt.ts';
import { settle } from './settle.ts';
import type { Delivery, EpochSeats, SettlementInput, SettlementPlan } from './settlement-types.ts';

const LAYERS = 6;
const MAX_TOKENS = 30;
/** Tokens that the loop of a chat may be ahead of its client. */
const LOOP_AHEAD = 8;
const PRICE = { promptMicros: 7, completionMicros: 23 };
const JOB = { id: 'a'.repeat(32), nonce: 'b'.repeat(32), pool: 'owner/name@main:q4' } as SettlementInput['job'];

const peerOf = (index: number): PeerId => index.toString(16).padStart(32, '0') as PeerId;
const sessionOf = (index: number): SessionId => index.toString(16).padStart(16, '0') as SessionId;

interface Story {
  isChat: boolean;
  promptTokens: number;
  cachedTokens: number;
  epochs: EpochSeats[];
  /** Per choice, in order: what came out of which epoch, and how far its seats computed beyond: in a chat its loop fed itself. */
  choices: { epoch: number; tokens: number; over: number; isCarried: boolean }[][];
  liars: ReadonlySet<PeerId>;
  /** In place of all that the liars would have shown. */
  lies: { keep: boolean; forged: Partial<Receipt>[] }[];
  client: 'honest' | 'vanished' | Delivery;
}

const hostile = fc.oneof(
  fc.integer({ min: -2, max: 60 }),
  fc.constantFrom(1e6, 2 ** 31, 2 ** 40, 2 ** 53 - 1, 2 ** 53, -0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY),
);
const forged: fc.Arbitrary<Partial<Receipt>> = fc.record(
  {
    session: fc.integer({ min: 0, max: 9 }).map(sessionOf),
    epoch: fc.oneof(fc.integer({ min: 0, max: 4 }), hostile),
    peer: fc.integer({ min: 0, max: 9 }).map(peerOf),
    start: fc.integer({ min: 0, max: LAYERS }),
    end: fc.integer({ min: 0, max: LAYERS }),
    from: hostile,
    lastFrom: hostile,
    to: hostile,
    frames: hostile,
    nonce: fc.constant('0'.repeat(32)),
    chainIn: fc.constant('1'.repeat(64)),
  },
  { requiredKeys: [] },
);
const lyingClient: fc.Arbitrary<Delivery> = fc.record({
  promptTokens: hostile,
  cachedTokens: hostile,
  choices: fc.array(fc.array(fc.record({ epoch: fc.integer({ min: 0, max: 4 }), tokens: hostile }), { maxLength: 3 }), {
    maxLength: 3,
  }),
});

const story: fc.Arbitrary<Story> = fc
  .record({
    isChat: fc.boolean(),
    promptTokens: fc.integer({ min: 1, max: 8 }),
    cached: fc.nat(7),
    cuts: fc.array(fc.tuple(fc.uniqueArray(fc.integer({ min: 1, max: LAYERS - 1 }), { maxLength: 3 }), fc.boolean()), {
      minLength: 1,
      maxLength: 3,
    }),
    choices: fc.array(
      fc.array(fc.record({ epoch: fc.nat(2), tokens: fc.nat(10), over: fc.nat(LOOP_AHEAD), isCarried: fc.boolean() }), {
        minLength: 1,
        maxLength: 3,
      }),
      { minLength: 1, maxLength: 3 },
    ),
    liars: fc.uniqueArray(fc.nat(11), { maxLength: 8 }),
    lies: fc.array(fc.record({ keep: fc.boolean(), forged: fc.array(forged, { maxLength: 3 }) }), {
      minLength: 8,
      maxLength: 8,
    }),
    client: fc.oneof(
      { weight: 3, arbitrary: fc.constant('honest' as const) },
      { weight: 1, arbitrary: fc.constant('vanished' as const) },
      { weight: 1, arbitrary: lyingClient },
    ),
  })
  .map(({ isChat, promptTokens, cached, cuts, choices, liars, lies, client }) => {
    // Some epochs have members of the one before, some others.
    const epochs = cuts.map(([inner, isSamePeers], index): EpochSeats => {
      const at = [0, ...inner.sort((a, b) => a - b), LAYERS];
      const first = isSamePeers ? 0 : index * 4;
      const seats = at.slice(1).map((end, seat) => ({ peer: peerOf(first + seat), start: at[seat]!, end }));
      return { epoch: index + 1, seats };
    });
    const told = (isChat ? choices.slice(0, 1) : choices).map((choice) =>
      choice.map((part) => ({ ...part, epoch: (part.epoch % epochs.length) + 1 })).sort((a, b) => a.epoch - b.epoch),
    );
    return {
      ...{ isChat, promptTokens, cachedTokens: cached % promptTokens, epochs, choices: told, lies },
      liars: new Set(liars.map(peerOf)),
      client: isChat ? client : ('honest' as const),
    };
  });

/** What every seat shows when nobody lies. */
function honestReceipts({ isChat, promptTokens, cachedTokens, epochs, choices }: Story): Receipt[] {
  let session = 0;
  return choices.flatMap((choice) => {
    let end = promptTokens - 1;
    return choice.flatMap(({ epoch, tokens, over, isCarried }) => {
      // Before the first token the cache is there; whoever goes on after a loss computes all of it, or has it from before.
      const from = end === promptTokens - 1 ? cachedTokens : isCarried ? end : 0;
      end += tokens;
      session += 1;
      const to = Math.max(promptTokens, end) + over;
      const lastFrom = Math.max(from, (isChat ? to : Math.max(promptTokens, end)) - 1);
      return epochs[epoch - 1]!.seats.map(
        ({ peer, start, end: layer }): Receipt => ({
          ...{
            server: peerOf(0),
            job: JOB.id,
            nonce: JOB.nonce,
            pool: JOB.pool,
            session: sessionOf(session),
            epoch,
            peer,
          },
          ...{ start, end: layer, frames: 5, from, lastFrom, to },
          ...{ computeMs: 1, chainIn: `${start}`.repeat(64), chainOut: `${layer}`.repeat(64) },
        }),
      );
    });
  });
}

const truth = ({ promptTokens, cachedTokens, choices }: Story): Delivery => ({
  promptTokens,
  cachedTokens,
  choices: choices.map((choice) => choice.map(({ epoch, tokens }) => ({ epoch, tokens }))),
});

const most = ({ promptTokens, choices }: Story) => ({ promptTokens, maxTokens: MAX_TOKENS, choices: choices.length });

/** The truth, but for the epochs: those that the lie has, or one that nobody used. */
function misnamed(told: Story): Delivery {
  const { client } = told;
  const names = typeof client === 'object' ? client.choices.flat().map(({ epoch }) => epoch) : [];
  const choices = truth(told).choices.map((choice) =>
    choice.map((part, at) => ({ ...part, epoch: names[at % Math.max(1, names.length)] ?? 9 })),
  );
  return { ...truth(told), choices };
}

function settleHonest(told: Story, delivery = truth(told)): SettlementPlan {
  const { epochs } = told;
  return settle({
    ...{ job: JOB, layers: LAYERS, price: PRICE, most: most(told), epochs },
    ...{ receipts: honestReceipts(told), delivery, isChat: told.isChat, ahead: 0, loopAhead: LOOP_AHEAD },
    paidTokens: told.cachedTokens,
  });
}

function settleAmongLiars(told: Story): SettlementPlan {
  const { epochs, liars, lies, isChat, client } = told;
  const honest = honestReceipts(told);
  const theirs = [...liars].flatMap((peer, index) => {
    const { keep, forged: changes } = lies[index]!;
    const own = honest.filter((receipt) => receipt.peer === peer);
    const base = own[0] ?? honest[0]!;
    return [...changes.map((change) => ({ ...base, peer, ...change })), ...(keep ? own : [])];
  });
  // A receipt counts as its signer's: nobody shows one of an honest seat but that seat itself.
  const shown = theirs.filter(({ peer }) => liars.has(peer));
  const receipts = [...shown, ...honest.filter(({ peer }) => !liars.has(peer))];
  const delivery = client === 'vanished' ? undefined : client === 'honest' ? truth(told) : client;
  return settle({
    ...{ job: JOB, layers: LAYERS, price: PRICE, most: most(told), epochs },
    ...{ receipts, ...(delivery ? { delivery } : { delivery: undefined }), isChat, ahead: 0, loopAhead: LOOP_AHEAD },
    paidTokens: told.cachedTokens,
  });
}

/** The judge: what each peer's layers are worth of what was delivered, in micros times layers, cell by cell. */
function judge({ promptTokens, cachedTokens, epochs, choices }: Story): { shares: Map<PeerId, number>; bill: number } {
  const shares = new Map<PeerId, number>();
  let bill = 0;
  const give = (epoch: number, micros: number): void => {
    bill += micros;
    for (let layer = 0; layer < LAYERS; layer += 1) {
      const seat = epochs[epoch - 1]!.seats.find(({ start, end }) => start <= layer && layer < end)!;
      shares.set(seat.peer, (shares.get(seat.peer) ?? 0) + micros);
    }
  };
  for (const choice of choices) {
    const tokens = choice.flatMap(({ epoch, tokens: count }) => Array.from({ length: count }, () => epoch));
    if (tokens.length === 0) continue;
    for (let position = cachedTokens; position < promptTokens; position += 1) give(tokens[0]!, PRICE.promptMicros);
    for (const epoch of tokens) give(epoch, PRICE.completionMicros);
  }
  return { shares, bill };
}

/** As `expect`, at a hundredth of its cost. */
function check(isSo: boolean, what: string, ...data: unknown[]): void {
  if (!isSo) throw new Error(`${what} ${JSON.stringify(data)}`);
}

/** What is run: so many cases of a seed, by chance where none is given. */
export interface PropertyRun {
  runs: number;
  seed?: number | undefined;
}

/** Nobody but the witness decides what is due, and nobody but a seat itself what it is paid of it. Throws a counterexample. */
export function checkSettlement({ runs, seed }: PropertyRun): void {
  const judged = (told: Story): void => {
    const { shares, bill } = judge(told);
    const calm = settleHonest(told);
    const plan = settleAmongLiars(told);
    const earned = ({ payments }: SettlementPlan, peer: PeerId): number =>
      payments.find((each) => each.peer === peer)?.amountMicros ?? 0;
    const fair = (peer: PeerId): number => (shares.get(peer) ?? 0) / LAYERS;
    const peers = new Set(told.epochs.flatMap(({ seats }) => seats.map(({ peer }) => peer)));

    // Calm: the whole bill, and each within a micro of its exact share.
    check(calm.chargedMicros === bill && calm.billMicros === bill, 'the bill', calm, bill);
    check(calm.disputes.length + calm.gaps.length === 0, 'all is well', calm);
    // A prompt of which nothing was delivered is in it.
    const most = told.isChat ? LOOP_AHEAD + told.promptTokens : 0;
    check(calm.beyond <= most, 'no more beyond than a loop may be ahead', calm);
    for (const peer of peers) check(Math.abs(earned(calm, peer) - fair(peer)) < 1, 'a fair share', peer, calm);

    // (d) Whatever anybody says, the sum is whole, paid once, and within what is held.
    const held = told.choices.length * (told.promptTokens * PRICE.promptMicros + MAX_TOKENS * PRICE.completionMicros);
    const sum = plan.payments.reduce((total, { amountMicros }) => total + amountMicros, 0);
    check(sum === plan.chargedMicros && sum <= plan.billMicros && plan.billMicros <= held, 'within the hold', plan);
    for (const { peer, amountMicros } of plan.payments) {
      check(Number.isSafeInteger(amountMicros) && amountMicros >= 0 && peers.has(peer), 'a payment', plan);
    }
    if (told.client === 'honest') {
      for (const peer of peers) {
        // (a) An honest seat earns to the micro what it earns when all are honest. (b) Liars earn no more than their layers'
        // share of what the witness saw. In a chat what a liar does not show is due to who shows it in another epoch.
        const [now, before] = [earned(plan, peer), earned(calm, peer)];
        const others = [...told.liars].filter((liar) => liar !== peer);
        const stray = told.isChat ? others.reduce((sum, liar) => sum + fair(liar), 0) : 0;
        if (told.liars.has(peer)) check(now < fair(peer) + stray + 1, 'a liar’s share', peer, plan);
        else check(now >= before && now <= before + stray, 'an honest seat’s pay', peer, plan, calm);
      }
      // (c) The payer pays no more than the bill, which no lie changes.
      check(plan.billMicros === bill && plan.chargedMicros <= bill, 'the payer’s bill', plan, bill);
    } else if (told.client !== 'vanished' && told.liars.size === 0) {
      // (e) Whatever epochs a client names, where nobody else lies it pays for what it signs, but for a micro of each seat.
      const mislabelled = settleHonest(told, misnamed(told));
      check(
        mislabelled.chargedMicros > bill - peers.size * told.epochs.length - 1,
        'misnamed epochs',
        mislabelled,
        bill,
      );
    } else if (told.client === 'vanished') {
      // One honest seat in each epoch is enough: nobody pays for more than the loop had computed.
      const isGuarded = told.epochs.every(({ seats }) => seats.some(({ peer }) => !told.liars.has(peer)));
      const computed = bill + LOOP_AHEAD * PRICE.completionMicros + told.promptTokens * PRICE.promptMicros;
      if (isGuarded) check(plan.chargedMicros <= computed, 'a bill of who vanished', plan, bill);
      // And whatever they say together, no more than a loop may be ahead of a client that has said nothing.
      const alone = told.promptTokens * PRICE.promptMicros + LOOP_AHEAD * PRICE.completionMicros;
      check(plan.chargedMicros <= alone, 'what is paid without a word', plan, alone);
    }
  };
  fc.assert(fc.property(story, judged), { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
}

/** The order in which receipts come changes nothing. Throws a counterexample. */
export function checkReceiptOrder({ runs, seed }: PropertyRun): void {
  fc.assert(
    fc.property(story, fc.nat(), (told, turn) => {
      const receipts = honestReceipts(told);
      const at = turn % (receipts.length + 1);
      const input = {
        job: JOB,
        layers: LAYERS,
        price: PRICE,
        most: most(told),
        epochs: told.epochs,
        delivery: truth(told),
        paidTokens: told.cachedTokens,
        ahead: 0,
        loopAhead: LOOP_AHEAD,
      };
      const turned = settle({ ...input, receipts: [...receipts.slice(at), ...receipts.slice(0, at)] });
      check(isDeepStrictEqual(turned.payments, settle({ ...input, receipts }).payments), 'the same pay', turned);
    }),
    { numRuns: runs, ...(seed === undefined ? {} : { seed }) },
  );
}
