// The driver beside an entry stage: what reaches it, what reaches the ring node, on one and the same link.

import { expect, test } from 'vitest';
import { decodeFrame, encodeFrame, type Frame } from '../../protocol/frame.ts';
import { newSessionId, type PeerId } from '../../protocol/ids.ts';
import type { Link } from '../links/link.ts';
import { memoryLinkPair } from '../links/memory-link.ts';
import { emptyFrame } from '../words/empty-frame.ts';
import { DriverLinks } from './driver-links.ts';

const [SELF, EXIT] = ['5', '6'].map((digit) => digit.repeat(32)) as [PeerId, PeerId];
const frame = (kind: Frame['kind']): Frame => {
  const empty = emptyFrame(1, newSessionId());
  if (kind === 'result') return { ...empty, kind, dtype: 'int32', width: 1 };
  return kind === 'error' ? { ...empty, kind, dtype: 'json' } : empty;
};
const turn = () => new Promise((resolve) => setTimeout(resolve, 2));

function collect(link: Link): { kinds: string[]; closes: number } {
  const got = { kinds: [] as string[], closes: 0 };
  link.listen({ onFrame: (bytes) => got.kinds.push(decodeFrame(bytes).kind), onClose: () => got.closes++ });
  return got;
}

test('alone: both links are one, frames go to the node and its results come back', async () => {
  const links = new DriverLinks(SELF, SELF);
  expect(links.exit).toBe(links.entry);
  const [atDriver, atNode] = [collect(links.entry), collect(links.atNode)];
  links.entry.send(encodeFrame(frame('close')));
  links.atNode.send(encodeFrame(frame('result')));
  await turn();
  expect([atNode.kinds, atDriver.kinds]).toEqual([['close'], ['result']]);
  expect([links.entry.peer, links.atNode.peer]).toEqual([SELF, SELF]);
});

test('results of the link to the exit are the driver’s', () => {
  const [toExit, elsewhere] = [memoryLinkPair(SELF, EXIT)[0], memoryLinkPair(SELF, EXIT)[0]];
  const links = new DriverLinks(SELF, SELF, toExit);
  const take = (link: Link) => links.take(link, encodeFrame(frame('result')));
  // Before somebody listens, too.
  take(toExit);
  const atDriver = collect(links.exit);
  for (const link of [toExit, elsewhere]) take(link);
  expect(atDriver.kinds).toEqual(['result', 'result']);
  expect(links.exit.peer).toBe(EXIT);
});

test('sessions of another driver come in under its name', () => {
  expect(new DriverLinks(SELF, EXIT).atNode.peer).toBe(EXIT);
});

test('when the link to the exit breaks, both of the driver’s ends do, once, and the other way round the link stays', async () => {
  const [toExit] = memoryLinkPair(SELF, EXIT);
  const links = new DriverLinks(SELF, SELF, toExit);
  const [entry, exit, node] = [collect(links.entry), collect(links.exit), collect(links.atNode)];
  links.linkClosed(memoryLinkPair(SELF, EXIT)[0]);
  expect(links.exit.closed).toBe(false);
  links.linkClosed(toExit);
  links.linkClosed(toExit);
  await turn();
  expect([entry.closes, exit.closes, node.closes, links.exit.closed]).toEqual([1, 1, 1, true]);
  expect(toExit.closed).toBe(false);
});

test('who listens to results of a link that is gone hears so', () => {
  const [toExit] = memoryLinkPair(SELF, EXIT);
  const links = new DriverLinks(SELF, SELF, toExit);
  links.close();
  expect(collect(links.exit).closes).toBe(1);
});
