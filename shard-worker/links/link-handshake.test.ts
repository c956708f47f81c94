// The proof as an attacker meets it: whole links with real keys, and somebody who has one thing too few.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { cutFragments } from '../../protocol/fragment.ts';
import type { ChannelLink, ChannelLinkOptions } from './channel-link.ts';
import { type FakeChannel, fakeChannelPair } from './channel-pair.ts';
import { encodeWord, LINK_WORD_MAGIC, type LinkWord, parseWord } from './link-words.ts';
import { type Ends, EPOCH, IDENTITY_A, makeEnds, makeProvedEnds, newIdentity, TICKET } from './proved-pair.ts';

const WRONG_TICKET = 'f'.repeat(32);
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
  test('never sends the ticket, nor does who answers it', async () => {
    const { channelA, channelB } = keep(await makeProvedEnds());
    const texts = [...channelA.sent, ...channelB.sent].map((message) => new TextDecoder().decode(message));
    expect(texts.length).toBeGreaterThan(2);
    for (const text of texts) expect(text).not.toContain(TICKET);
  });

  test('with a wrong ticket finds that the answer does not fit, and says nothing more', async () => {
    const { a, b, channelA } = newEnds();
    const startedMs = performance.now();
    await expect(a.hello(WRONG_TICKET)).rejects.toEqual(notAuthentic);
    expect(performance.now() - startedMs).toBeLessThan(1000);
    expect([...new Set(wordsOf(channelA).map(({ type }) => type))]).toEqual(['hello']);
    await vi.waitFor(() => expect(b.closed).toBe(true));
    expect([a.closed, b.speaks(EPOCH)]).toEqual([true, false]);
  });

  test('is not served by an answerer with a wrong ticket', async () => {
    const { a, b } = newEnds({}, { ticketOf: () => WRONG_TICKET });
    await expect(a.hello(TICKET)).rejects.toEqual(notAuthentic);
    expect([a.closed, b.speaks(EPOCH)]).toEqual([true, false]);
  });

  test('is not served by who has taken the neighbour’s id but not its key', async () => {
    const squatter = await newIdentity();
    const { a, faultsA } = newEnds({}, { identity: squatter });
    await expect(a.hello(TICKET)).rejects.toEqual(notAuthentic);
    expect(codes(faultsA)).toEqual(['not-authentic']);
  });

  test('is not served by who shows the neighbour’s key without holding it', async () => {
    const squatter = await newIdentity();
    const { a, channelB } = newEnds({}, { identity: { ...squatter, peer: IDENTITY_A.peer } });
    const neighbour = await newIdentity();
    rewrite(channelB, 'welcome', (word) => ({ ...word, publicKey: neighbour.publicKey }));
    await expect(a.hello(TICKET)).rejects.toEqual(notAuthentic);
  });
});

describe('an answerer', () => {
  test.each<[string, Partial<LinkWord & { type: 'confirm' }>]>([
    ['no signature', { signature: 'AAAA' }],
    ['another proof', { proof: 'A'.repeat(43) }],
  ])('refuses a confirm with %s', async (_what, change) => {
    const { a, b, channelA, faultsB } = newEnds();
    rewrite(channelA, 'confirm', (word) => ({ ...word, ...change }));
    await a.hello(TICKET);
    await vi.waitFor(() => expect(b.closed).toBe(true));
    expect(codes(faultsB)).toEqual(['not-authentic']);
    expect(b.speaks(EPOCH)).toBe(false);
    await vi.waitFor(() => expect(a.closed).toBe(true));
  });

  test('refuses an asker whose key is not its id’s, before it signs anything', async () => {
    const squatter = await newIdentity();
    const { a, b, channelB, faultsB } = newEnds({ identity: { ...squatter, peer: IDENTITY_A.peer } });
    await expect(a.hello(TICKET)).rejects.toMatchObject({ code: 'link-failed' });
    expect([b.closed, codes(faultsB), channelB.sent]).toEqual([true, ['not-authentic'], []]);
  });

  test('refuses the welcome sent back to it as a confirm', async () => {
    const { a, b, channelA, channelB, faultsB } = newEnds();
    rewrite(channelA, 'confirm', (word) => {
      const welcome = wordsOf(channelB).find(({ type }) => type === 'welcome') as LinkWord & { type: 'welcome' };
      return { ...word, signature: welcome.signature, proof: welcome.proof };
    });
    await a.hello(TICKET);
    await vi.waitFor(() => expect(b.closed).toBe(true));
    expect(codes(faultsB)).toEqual(['not-authentic']);
  });

  test('refuses a confirm without hello, and a second nonce on one link', async () => {
    const first = newEnds();
    first.channelB.deliver(encodeWord({ type: 'confirm', epoch: EPOCH, signature: 'AAAA', proof: 'AAAA' }));
    await vi.waitFor(() => expect(codes(first.faultsB)).toEqual(['not-authentic']));
    expect(first.b.closed).toBe(true);
    const second = newEnds({}, {});
    const proved = second.a.hello(TICKET);
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
  await expect(split.a.hello(TICKET)).rejects.toEqual(notAuthentic);
  expect(split.b.speaks(EPOCH)).toBe(false);
  // The very same relay goes unnoticed where nobody's certificate is in between: it is these that make the difference.
  const plain = splice({ local: certificateA, remote: certificateB }, { local: certificateB, remote: certificateA });
  await expect(plain.a.hello(TICKET)).resolves.toBeUndefined();
});

describe('frames', () => {
  test('before any proof are refused and not kept', async () => {
    const { b, channelB, faultsB } = newEnds();
    for (const message of cutFragments(0, Uint8Array.of(1, 2, 3))) channelB.deliver(message);
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
      for (const fragment of cutFragments(0, Uint8Array.of(9))) send(fragment);
    };
    await a.hello(TICKET);
    await turn();
    expect([frames, codes(faultsB)]).toEqual([[], ['not-authentic']]);
    expect(wordsOf(channelB).some(({ type }) => type === 'welcome')).toBe(true);
  });

  test('right behind the confirm wait until it is checked, and come in order', async () => {
    const { a, b } = newEnds();
    const frames = received(b);
    await a.hello(TICKET);
    expect(b.speaks(EPOCH)).toBe(false);
    for (let at = 0; at < 40; at++) a.send(Uint8Array.of(at));
    await vi.waitFor(() => expect(frames).toHaveLength(40));
    expect(frames.map(([first]) => first)).toEqual(Array.from({ length: 40 }, (_, at) => at));
  });

  test('right behind a wrong confirm go with the link', async () => {
    const { a, b, channelA } = newEnds();
    const frames = received(b);
    rewrite(channelA, 'confirm', (word) => ({ ...word, proof: 'A'.repeat(43) }));
    await a.hello(TICKET);
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
    const proved = a.hello(TICKET);
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
