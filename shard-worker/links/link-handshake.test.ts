// The proof as an attacker meets it: whole links with real keys and tickets, and somebody who has one thing too few.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { cutFragments } from '../../protocol/fragment.ts';
import { sealToken } from '../../protocol/signed-token.ts';
import { inSeconds, makeTicket, newOrchestrator } from '../../protocol/test-orchestrator.ts';
import type { ChannelLink, ChannelLinkOptions } from './channel-link.ts';
import { type FakeChannel, fakeChannelPair } from './channel-pair.ts';
import { encodeWord, LINK_WORD_MAGIC, type LinkWord, parseWord } from './link-words.ts';
import {
  type Ends,
  EPOCH,
  IDENTITY_A,
  IDENTITY_B,
  makeEnds,
  makeProvedEnds,
  newIdentity,
  ORCHESTRATOR,
  TICKET_A,
  TICKET_B,
  ticketOf,
} from './proved-pair.ts';

const notAuthentic = expect.objectContaining({ code: 'not-authentic' });

const open: ChannelLink[] = [];
afterEach(() => {
  for (const link of open.splice(0)) link.close();
});

const keep = (ends: Ends): Ends => {
  open.push(ends.a, ends.b);
  return ends;
};
const newEnds = (...changes: Parameters<typeof makeEnds>): Ends => keep(makeEnds(...changes));
const turn = (delayMs = 20) => new Promise((resolve) => setTimeout(resolve, delayMs));
const codes = (faults: { code: string }[]) => faults.map(({ code }) => code);
const received = (link: ChannelLink): Uint8Array[] => {
  const frames: Uint8Array[] = [];
  link.listen({ onFrame: (bytes) => frames.push(bytes), onClose: () => {} });
  return frames;
};
const wordsOf = (channel: FakeChannel): LinkWord[] =>
  channel.sent.filter(([magic]) => magic === LINK_WORD_MAGIC).map(parseWord);
const isWord = (message: Uint8Array, type: LinkWord['type']): boolean =>
  message[0] === LINK_WORD_MAGIC && parseWord(message).type === type;

/** Rewrites what `from` sends, words of one type only. */
function rewrite<Type extends LinkWord['type']>(
  from: FakeChannel,
  type: Type,
  change: (word: LinkWord & { type: Type }) => LinkWord,
): void {
  const send = from.send.bind(from);
  from.send = (message) => {
    if (!isWord(message, type)) send(message);
    else send(encodeWord(change(parseWord(message) as LinkWord & { type: Type })));
  };
}

describe('an asker', () => {
  test('is not served by who has taken the neighbour’s id but not its key', async () => {
    const squatter = await newIdentity();
    const { a, faultsA } = newEnds({}, { identity: { ...squatter, peer: IDENTITY_B.peer } });
    await expect(a.hello()).rejects.toEqual(notAuthentic);
    expect(codes(faultsA)).toEqual(['not-authentic']);
  });

  test('is not served by who shows the neighbour’s key without holding it', async () => {
    const squatter = await newIdentity();
    const { a, channelB } = newEnds({}, { identity: { ...squatter, peer: IDENTITY_B.peer } });
    const neighbour = await newIdentity();
    rewrite(channelB, 'welcome', (word) => ({ ...word, publicKey: neighbour.publicKey }));
    await expect(a.hello()).rejects.toEqual(notAuthentic);
  });
});

describe('an answerer', () => {
  test.each<[string, Partial<LinkWord & { type: 'confirm' }>]>([
    ['no signature', { signature: 'AAAA' }],
    ['another signature', { signature: 'A'.repeat(86) }],
  ])('refuses a confirm with %s', async (_what, change) => {
    const { a, b, channelA, faultsB } = newEnds();
    rewrite(channelA, 'confirm', (word) => ({ ...word, ...change }));
    await a.hello();
    await vi.waitFor(() => expect(b.closed).toBe(true));
    expect(codes(faultsB)).toEqual(['not-authentic']);
    expect(b.speaks(EPOCH)).toBe(false);
    await vi.waitFor(() => expect(a.closed).toBe(true));
  });

  test('refuses an asker whose key is not its id’s, before it signs anything', async () => {
    const squatter = await newIdentity();
    const { a, b, channelB, faultsB } = newEnds({ identity: { ...squatter, peer: IDENTITY_A.peer } });
    await expect(a.hello()).rejects.toMatchObject({ code: 'link-failed' });
    expect([b.closed, codes(faultsB), channelB.sent]).toEqual([true, ['not-authentic'], []]);
  });

  test('refuses the welcome sent back to it as a confirm', async () => {
    const { a, b, channelA, channelB, faultsB } = newEnds();
    rewrite(channelA, 'confirm', (word) => {
      const welcome = wordsOf(channelB).find(({ type }) => type === 'welcome') as LinkWord & { type: 'welcome' };
      return { ...word, signature: welcome.signature };
    });
    await a.hello();
    await vi.waitFor(() => expect(b.closed).toBe(true));
    expect(codes(faultsB)).toEqual(['not-authentic']);
  });

  test('refuses a confirm without hello, and a second nonce on one link', async () => {
    const first = newEnds();
    first.channelB.deliver(encodeWord({ type: 'confirm', epoch: EPOCH, signature: 'AAAA' }));
    await vi.waitFor(() => expect(codes(first.faultsB)).toEqual(['not-authentic']));
    expect(first.b.closed).toBe(true);
    const second = newEnds({}, {});
    const proved = second.a.hello();
    const hello = parseWord(second.channelA.sent[0]!) as LinkWord & { type: 'hello' };
    await proved;
    second.channelB.deliver(encodeWord({ ...hello, nonce: '0'.repeat(32) }));
    await vi.waitFor(() => expect(codes(second.faultsB)).toEqual(['not-authentic']));
    expect(second.b.closed).toBe(true);
  });

  test('refuses hello and confirm of another connection, replayed', async () => {
    const { channelA } = keep(await makeProvedEnds());
    const replayed = channelA.sent.filter((message) => isWord(message, 'hello') || isWord(message, 'confirm'));
    const { b, channelB, faultsB } = newEnds();
    for (const message of replayed) channelB.deliver(message);
    await vi.waitFor(() => expect(b.closed).toBe(true));
    expect(codes(faultsB)).toEqual(['not-authentic']);
    expect(wordsOf(channelB).map(({ type }) => type)).toEqual(['welcome']);
  });

  test('takes a confirm that comes twice for what it is: out of turn', async () => {
    const { b, channelA, channelB, faultsB } = keep(await makeProvedEnds());
    channelB.deliver(channelA.sent.find((message) => isWord(message, 'confirm'))!);
    await turn();
    expect(codes(faultsB)).toEqual(['bad-frame']);
    expect([b.closed, b.speaks(EPOCH)]).toEqual([false, true]);
  });
});

describe('a ticket', () => {
  const stranger = newOrchestrator();
  const driver = { role: 'driver', start: 0, end: 0 } as const;
  const stage = (start: number, end: number) => ({ start, end });

  test('travels with hello and welcome, and what both say is known when the link is proved', async () => {
    const { a, b, channelA, channelB } = keep(await makeProvedEnds());
    expect(wordsOf(channelA)[0]).toMatchObject({ type: 'hello', ticket: TICKET_A });
    expect(wordsOf(channelB)[0]).toMatchObject({ type: 'welcome', ticket: TICKET_B });
    expect([a.standing?.own.end, a.standing?.far.start]).toEqual([2, 2]);
    expect([b.standing?.own.peer, b.standing?.far.peer]).toEqual([IDENTITY_B.peer, IDENTITY_A.peer]);
  });

  test.each<[string, () => string]>([
    ['none at all', () => ''],
    ['signed by another key', () => ticketOf(IDENTITY_A, stage(0, 2), stranger)],
    ['another peer’s, replayed', () => ticketOf(IDENTITY_B, stage(0, 2))],
    ['expired', () => ticketOf(IDENTITY_A, { ...stage(0, 2), expires: inSeconds(-600) })],
    ['of an epoch that is over', () => ticketOf(IDENTITY_A, { ...stage(0, 2), epoch: EPOCH - 1 })],
    ['of another pool', () => ticketOf(IDENTITY_A, { ...stage(0, 2), pool: 'other/model@main:q4' })],
    ['of a stage that is not the one before', () => ticketOf(IDENTITY_A, stage(1, 3))],
    ['of a model with other layers', () => ticketOf(IDENTITY_A, { ...stage(0, 2), layers: 8 })],
    ['a grant in its place', () => sealToken('grant', makeTicket(IDENTITY_A.peer, EPOCH), ORCHESTRATOR.sign)],
  ])('of the asker that is wrong (%s) is refused before anything is signed', async (_what, makeWrong) => {
    const { a, b, channelB, faultsB } = newEnds({ ticketOf: makeWrong });
    await expect(a.hello()).rejects.toMatchObject({ code: 'link-failed' });
    expect([codes(faultsB), b.closed, b.standing]).toEqual([['ticket-refused'], true, undefined]);
    expect(channelB.sent).toEqual([]);
  });

  test.each<[string, () => string]>([
    ['none at all', () => ''],
    ['signed by another key', () => ticketOf(IDENTITY_B, stage(2, 4), stranger)],
    ['another peer’s, replayed', () => TICKET_A],
    ['of layers that do not follow', () => ticketOf(IDENTITY_B, stage(1, 2))],
  ])('of the answerer that is wrong (%s) is refused, and nothing more is said', async (_what, makeWrong) => {
    const { a, channelA, channelB, faultsA } = newEnds();
    // An honest answerer would not answer with it: what it says is rewritten on its way.
    rewrite(channelB, 'welcome', (word) => ({ ...word, ticket: makeWrong() }));
    await expect(a.hello()).rejects.toMatchObject({ code: 'ticket-refused' });
    expect([a.closed, codes(faultsA)]).toEqual([true, ['ticket-refused']]);
    expect(wordsOf(channelA).filter(({ type }) => type === 'confirm')).toEqual([]);
  });

  test.each<[string, object, object, boolean]>([
    ['a driver the entry', driver, stage(0, 2), true],
    ['a driver the exit', driver, stage(2, 4), true],
    ['a driver a middle stage', driver, stage(1, 3), false],
    ['a stage a driver', stage(2, 4), driver, false],
    ['a driver a driver', driver, driver, false],
    ['the entry the exit, past the stages between', stage(0, 1), stage(3, 4), true],
    ['a middle stage the exit, past the one between', stage(1, 2), stage(3, 4), false],
    ['a stage the one before it', stage(2, 4), stage(0, 2), false],
  ])('lets %s ask: %j %j %s', async (_what, asker, answerer, isAllowed) => {
    const ends = newEnds(
      { ticketOf: () => ticketOf(IDENTITY_A, asker) },
      { ticketOf: () => ticketOf(IDENTITY_B, answerer) },
    );
    if (isAllowed) {
      await ends.a.hello();
      await vi.waitFor(() => expect(ends.b.speaks(EPOCH)).toBe(true));
    } else {
      await expect(ends.a.hello()).rejects.toMatchObject({ code: 'link-failed' });
      expect([codes(ends.faultsB), ends.b.speaks(EPOCH)]).toEqual([['ticket-refused'], false]);
    }
  });
});

test('two links spliced by somebody between them are refused, though every word is passed on untouched', async () => {
  const [certificateA, certificateB, certificateOfRelay] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [
    string,
    string,
    string,
  ];
  const splice = (atA: ChannelLinkOptions['fingerprints'], atB: ChannelLinkOptions['fingerprints']): Ends => {
    const [channelA, relayA] = fakeChannelPair();
    const [relayB, channelB] = fakeChannelPair();
    relayA.onMessage((message) => relayB.send(message.slice()));
    relayB.onMessage((message) => relayA.send(message.slice()));
    return newEnds({ channel: channelA, fingerprints: atA }, { channel: channelB, fingerprints: atB });
  };
  const split = splice(
    { local: certificateA, remote: certificateOfRelay },
    { local: certificateB, remote: certificateOfRelay },
  );
  await expect(split.a.hello()).rejects.toEqual(notAuthentic);
  expect(split.b.speaks(EPOCH)).toBe(false);
  // The very same relay goes unnoticed where nobody's certificate is in between: it is these that make the difference.
  const plain = splice({ local: certificateA, remote: certificateB }, { local: certificateB, remote: certificateA });
  await expect(plain.a.hello()).resolves.toBeUndefined();
});

describe('frames', () => {
  test('before any proof are refused and not kept', async () => {
    const { b, channelB, faultsB } = newEnds();
    for (const message of cutFragments({ number: 1, previous: 0 }, Uint8Array.of(1, 2, 3))) channelB.deliver(message);
    const frames = received(b);
    await turn();
    expect([frames, codes(faultsB)]).toEqual([[], ['not-authentic']]);
  });

  test('between welcome and confirm are refused', async () => {
    const { a, b, channelA, channelB, faultsB } = newEnds();
    const frames = received(b);
    const send = channelA.send.bind(channelA);
    channelA.send = (message) => {
      if (!isWord(message, 'confirm')) return send(message);
      for (const fragment of cutFragments({ number: 1, previous: 0 }, Uint8Array.of(9))) send(fragment);
    };
    await a.hello();
    await turn();
    expect([frames, codes(faultsB)]).toEqual([[], ['not-authentic']]);
    expect(wordsOf(channelB).some(({ type }) => type === 'welcome')).toBe(true);
  });

  test('right behind the confirm wait until it is checked, and come in order', async () => {
    const { a, b } = newEnds();
    const frames = received(b);
    await a.hello();
    expect(b.speaks(EPOCH)).toBe(false);
    for (let at = 0; at < 40; at++) a.send(Uint8Array.of(at));
    await vi.waitFor(() => expect(frames).toHaveLength(40));
    expect(frames.map(([first]) => first)).toEqual(Array.from({ length: 40 }, (_, at) => at));
  });

  test('right behind a wrong confirm go with the link', async () => {
    const { a, b, channelA } = newEnds();
    const frames = received(b);
    rewrite(channelA, 'confirm', (word) => ({ ...word, signature: 'A'.repeat(86) }));
    await a.hello();
    a.send(Uint8Array.of(1));
    await vi.waitFor(() => expect(b.closed).toBe(true));
    await turn();
    expect(frames).toEqual([]);
  });

  test.each<[string, number, number]>([
    ['more messages than are held', 65, 1],
    ['a message larger than a fragment', 1, 17_000],
  ])('%s while a confirm is checked close the link', async (_what, count, bytes) => {
    const { a, b, channelB, faultsB } = newEnds();
    const frames = received(b);
    const proved = a.hello();
    let isFlooded = false;
    channelB.onMessage((message) => {
      if (isFlooded || !isWord(message, 'confirm')) return;
      isFlooded = true;
      for (let at = 0; at < count; at++) channelB.deliver(new Uint8Array(bytes));
    });
    await proved;
    await vi.waitFor(() => expect(b.closed).toBe(true));
    await turn();
    expect([frames, codes(faultsB), b.speaks(EPOCH)]).toEqual([[], ['not-authentic'], false]);
  });
});
