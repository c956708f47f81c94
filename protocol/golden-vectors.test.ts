// The bytes that docs/PROTOCOL.md quotes. They were written by another program than this codec, so both directions
// are checked against something that is not itself.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cutFragments, FragmentJoiner } from './fragment.ts';
import { decodeFrame, encodeFrame, type Frame } from './frame.ts';
import { fromHex, toHex } from './hex.ts';
import {
  checkLinkProof,
  type LinkFacts,
  type LinkProof,
  type LinkRole,
  linkStatement,
  ticketProof,
} from './link-proof.ts';

interface Golden {
  frames: Record<string, { fields: Omit<Frame, 'payload'>; payload: string; hex: string }>;
  fragments: {
    single: { frameNumber: number; frame: string; hex: string };
    pair: {
      frameNumber: number;
      frameBytes: number;
      frameSha256: string;
      firstHeader: string;
      firstBytes: number;
      firstSha256: string;
      second: string;
    };
  };
  link: {
    ticket: string;
    facts: LinkFacts;
    proofs: (LinkProof & { role: LinkRole; statement: string; publicKey: string })[];
  };
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
  expect([...kinds].sort()).toEqual(['close', 'error', 'hidden', 'open', 'result', 'step']);
});

test('the golden fragment of a short frame goes both ways', () => {
  const { frameNumber, frame, hex } = golden.fragments.single;
  expect(cutFragments(frameNumber, fromHex(frame)).map(toHex)).toEqual([hex]);
  expect(toHex(new FragmentJoiner().push(fromHex(hex))!)).toBe(frame);
});

test('the golden fragment pair goes both ways', async () => {
  const { pair } = golden.fragments;
  const frame = Uint8Array.from({ length: pair.frameBytes }, (_, index) => index % 251);
  expect(await sha256(frame)).toBe(pair.frameSha256);
  const messages = cutFragments(pair.frameNumber, frame);
  expect(messages).toHaveLength(2);
  const [first, second] = messages as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
  expect(first.byteLength).toBe(pair.firstBytes);
  expect(toHex(first.subarray(0, 12))).toBe(pair.firstHeader);
  expect(await sha256(first)).toBe(pair.firstSha256);
  expect(toHex(second)).toBe(pair.second);
  const joiner = new FragmentJoiner();
  expect(joiner.push(first)).toBeUndefined();
  expect(await sha256(new Uint8Array(joiner.push(fromHex(pair.second))!))).toBe(pair.frameSha256);
});

describe.each(golden.link.proofs)('the golden proof of the $role', ({ role, statement, ...shown }) => {
  const { ticket, facts } = golden.link;

  test('is over this statement, keyed with this ticket', async () => {
    expect(linkStatement(role, facts)).toBe(statement);
    expect(await ticketProof(ticket, statement)).toBe(shown.proof);
  });

  test('is accepted, signature included', async () => {
    await expect(checkLinkProof(shown, ticket, role, facts)).resolves.toBeUndefined();
  });
});

test('docs/PROTOCOL.md quotes the golden statements and proofs', () => {
  const text = read('../docs/PROTOCOL.md').replace(/\s/g, '');
  for (const { statement, proof } of golden.link.proofs) {
    expect(text).toContain(statement);
    expect(text).toContain(proof);
  }
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
