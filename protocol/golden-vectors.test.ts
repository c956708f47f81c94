// The bytes that docs/PROTOCOL.md quotes. They were written by another program than this codec, so both directions
// are checked against something that is not itself.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkDelivery, deliveryText, type SignedDelivery } from './delivery.ts';
import { cutFragments } from './fragment.ts';
import { decodeFrame, encodeFrame, FRAME_KINDS, type Frame } from './frame.ts';
import { FrameJoiner } from './frame-joiner.ts';
import { type Grant, openGrant, sealGrant } from './grant.ts';
import { fromHex, toHex } from './hex.ts';
import { checkLink, type LinkFacts, type LinkRole, linkStatement } from './link-proof.ts';
import { checkPayout, payoutText, type SignedPayout } from './payout.ts';
import { chainNext, chainStart, checkReceipt, receiptText, type SignedReceipt } from './receipt.ts';
import { openTicket, sealTicket, type Ticket } from './ticket.ts';

interface ChainStep {
  position: number;
  tokens: number;
  payload: string;
  chain: string;
}

interface Golden {
  frames: Record<string, { fields: Omit<Frame, 'payload'>; payload: string; hex: string }>;
  fragments: {
    single: { number: number; previous: number; frame: string; hex: string };
    pair: {
      number: number;
      previous: number;
      frameBytes: number;
      frameSha256: string;
      firstHeader: string;
      firstBytes: number;
      firstSha256: string;
      second: string;
    };
  };
  link: {
    facts: LinkFacts;
    proofs: { role: LinkRole; statement: string; publicKey: string; signature: string }[];
  };
  tokens: {
    publicKey: string;
    tickets: Record<LinkRole, { claims: Ticket; token: string }>;
    grant: { publicKey: string; claims: Grant; token: string };
  };
  chain: {
    about: Parameters<typeof chainStart>[0];
    start: string;
    in: ChainStep;
    out: ChainStep;
  };
  receipt: SignedReceipt & { text: string };
  delivery: SignedDelivery & { text: string };
  payout: SignedPayout & { text: string };
  words: { word: unknown; hex: string }[];
  noise: { words: string; uniformBits: string }[];
}

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const golden = JSON.parse(read('./golden-vectors.json')) as Golden;
const frames = Object.entries(golden.frames);

const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));

describe.each(frames)('the golden %s frame', (_name, { fields, payload, hex }) => {
  const frame: Frame = { ...fields, payload: fromHex(payload) };

  test('is what the encoder writes', () => {
    expect(toHex(encodeFrame(frame))).toBe(hex);
  });

  test('is what the decoder reads', () => {
    expect(decodeFrame(fromHex(hex))).toEqual(frame);
  });
});

test('there is a golden frame of every kind', () => {
  const kinds = new Set(frames.map(([, { fields }]) => fields.kind));
  expect([...kinds].sort()).toEqual(Object.keys(FRAME_KINDS).sort());
});

test('the golden fragment of a short frame goes both ways', () => {
  const { frame, hex, ...place } = golden.fragments.single;
  expect(cutFragments(place, fromHex(frame)).map(toHex)).toEqual([hex]);
  const joined: Uint8Array[] = [];
  const joiner = new FrameJoiner((bytes) => joined.push(bytes));
  // It waits for the one that it comes after.
  joiner.push(fromHex(hex));
  expect(joined).toEqual([]);
  joiner.push(cutFragments({ number: place.previous, previous: 0 }, new Uint8Array(0))[0]!);
  expect(joined.map(toHex)).toEqual(['', frame]);
});

test('the golden fragment pair goes both ways', async () => {
  const { pair } = golden.fragments;
  const frame = Uint8Array.from({ length: pair.frameBytes }, (_, index) => index % 251);
  expect(await sha256(frame)).toBe(pair.frameSha256);
  const messages = cutFragments(pair, frame);
  expect(messages).toHaveLength(2);
  const [first, second] = messages as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
  expect(first.byteLength).toBe(pair.firstBytes);
  expect(toHex(first.subarray(0, 16))).toBe(pair.firstHeader);
  expect(await sha256(first)).toBe(pair.firstSha256);
  expect(toHex(second)).toBe(pair.second);
  const joined: Uint8Array[] = [];
  const joiner = new FrameJoiner((bytes) => joined.push(bytes));
  joiner.push(first);
  expect(joined).toEqual([]);
  joiner.push(fromHex(pair.second));
  expect(await sha256(new Uint8Array(joined[0]!))).toBe(pair.frameSha256);
});

describe.each(golden.link.proofs)('the golden proof of the $role', ({ role, statement, ...shown }) => {
  const { facts } = golden.link;

  test('is over this statement', () => {
    expect(linkStatement(role, facts)).toBe(statement);
  });

  test('is accepted', async () => {
    await expect(checkLink(shown, role, facts)).resolves.toBeUndefined();
  });
});

describe('the golden tokens', () => {
  const { publicKey, tickets, grant } = golden.tokens;
  const bodyOf = (token: string) => token.split('.')[0];

  test.each(Object.entries(tickets))('the ticket of the %s goes both ways', async (_role, { claims, token }) => {
    expect(await openTicket(token, { publicKey, peer: claims.peer, epoch: claims.epoch })).toEqual(claims);
    expect(bodyOf(sealTicket(claims, () => 'signature'))).toBe(bodyOf(token));
  });

  test('the grant goes both ways', async () => {
    const { claims, token } = grant;
    expect(
      await openGrant(token, { publicKey: grant.publicKey, driver: claims.driver, pool: claims.pool }),
    ).toMatchObject(claims);
    expect(bodyOf(sealGrant(claims, () => 'signature'))).toBe(bodyOf(token));
  });
});

test('the golden chains are those of the golden step and hidden state', async () => {
  const { about, start, in: step, out: hidden } = golden.chain;
  expect(await chainStart(about)).toBe(start);
  for (const { position, tokens, payload, chain } of [step, hidden]) {
    expect(await chainNext(start, { position, rows: tokens, payload: fromHex(payload) })).toBe(chain);
  }
});

test('the golden receipt is over this text and accepted', async () => {
  const { text, ...signed } = golden.receipt;
  expect(receiptText(signed.receipt)).toBe(text);
  expect(await checkReceipt(signed)).toEqual(signed.receipt);
});

test('the golden delivery note is over this text and accepted', async () => {
  const { text, ...signed } = golden.delivery;
  expect(deliveryText(signed.note)).toBe(text);
  expect(await checkDelivery(signed)).toEqual(signed.note);
});

test('the golden payout address is over this text and accepted', async () => {
  const { text, ...signed } = golden.payout;
  expect(payoutText(signed)).toBe(text);
  expect(await checkPayout(signed)).toBe(signed.address);
});

test('docs/PROTOCOL.md quotes the golden statements, tokens, chains, receipt, note and payout', () => {
  const text = read('../docs/PROTOCOL.md').replace(/\s/g, '');
  const { tokens, chain, receipt, delivery, payout, link } = golden;
  const quoted = [
    ...link.proofs.map(({ statement }) => statement),
    ...[
      tokens.publicKey,
      tokens.grant.publicKey,
      tokens.grant.token,
      ...Object.values(tokens.tickets).map(({ token }) => token),
    ],
    ...[chain.start, chain.in.chain, chain.out.chain],
    ...[receipt.text, receipt.publicKey, receipt.signature, delivery.text, delivery.signature],
    ...[payout.text, payout.publicKey, payout.signature],
  ];
  for (const part of quoted) expect(text).toContain(part);
});

test('docs/PROTOCOL.md quotes exactly these strings', () => {
  const { single, pair } = golden.fragments;
  const expected = [
    ...frames.map(([, { hex }]) => hex),
    single.hex,
    ...[pair.firstHeader, pair.frameSha256, pair.firstSha256, pair.second],
    ...golden.words.map(({ hex }) => hex),
    ...golden.noise.flatMap(({ words, uniformBits }) => [words, uniformBits]),
  ];
  // Every run of hex in the document that is long enough to be a vector, line breaks within a block taken out.
  const blocks = [...read('../docs/PROTOCOL.md').matchAll(/```hex\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  const quoted = blocks.flatMap((block) =>
    block.split(/\n\n+/).map((vector) => vector.replace(/#.*$/gm, '').replace(/\s/g, '')),
  );
  expect(quoted.filter((text) => text !== '').sort()).toEqual(expected.sort());
});
