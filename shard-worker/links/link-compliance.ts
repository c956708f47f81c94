// What every Link must do, whatever carries it. Each implementation's test calls this with a way to make a pair.
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { PeerId } from '../../protocol/ids.ts';
import type { Link } from './link.ts';

export const PEER_A = 'a'.repeat(32) as PeerId;
export const PEER_B = 'b'.repeat(32) as PeerId;

/** Ends that may carry frames: the first leads to peer b, the second to peer a. */
export type MakePair = () => Promise<[Link, Link]>;

const frame = (length: number, salt = 0) => Uint8Array.from({ length }, (_, at) => (at * 31 + salt) % 256);
const until = (check: () => boolean) => vi.waitFor(() => expect(check()).toBe(true), { timeout: 3000, interval: 2 });

/** `peers` are whom the ends stand for, where a link asks for real ids. */
export function describeLink(name: string, makePair: MakePair, peers: [PeerId, PeerId] = [PEER_A, PEER_B]): void {
  describe(`${name} is a link`, () => {
    const open: Link[] = [];

    async function pair(): Promise<[Link, Link]> {
      const ends = await makePair();
      open.push(...ends);
      return ends;
    }

    afterEach(() => {
      for (const link of open.splice(0)) link.close();
    });

    function collect(link: Link): { frames: Uint8Array[]; closes: number } {
      const got = { frames: [] as Uint8Array[], closes: 0 };
      link.listen({ onFrame: (bytes) => got.frames.push(bytes), onClose: () => got.closes++ });
      return got;
    }

    test('knows whom it leads to and has a round trip', async () => {
      const [toB, toA] = await pair();
      expect([toA.peer, toB.peer]).toEqual(peers);
      expect(toB.rttMs).toBeGreaterThanOrEqual(0);
      expect(toB.closed).toBe(false);
    });

    test('carries frames in order, both ways', async () => {
      const [toB, toA] = await pair();
      const [atA, atB] = [collect(toB), collect(toA)];
      for (let salt = 0; salt < 50; salt++) {
        toB.send(frame(salt * 5, salt));
        toA.send(frame(3, salt));
      }
      await until(() => atB.frames.length === 50 && atA.frames.length === 50);
      for (let salt = 0; salt < 50; salt++) {
        expect(atB.frames[salt]).toEqual(frame(salt * 5, salt));
        expect(atA.frames[salt]).toEqual(frame(3, salt));
      }
    });

    test('carries a frame of 1 MB whole', async () => {
      const [toB, toA] = await pair();
      const atB = collect(toA);
      toB.send(frame(1_000_003));
      await until(() => atB.frames.length === 1);
      expect(Buffer.compare(atB.frames[0]!, frame(1_000_003))).toBe(0);
    });

    test('keeps nothing of the sender’s buffer', async () => {
      const [toB, toA] = await pair();
      const atB = collect(toA);
      const bytes = frame(40);
      toB.send(bytes);
      bytes.fill(0);
      await until(() => atB.frames.length === 1);
      expect(atB.frames[0]).toEqual(frame(40));
    });

    test('keeps frames that come before somebody listens', async () => {
      const [toB, toA] = await pair();
      toB.send(frame(10));
      toB.send(frame(11));
      await new Promise((resolve) => setTimeout(resolve, 20));
      const atB = collect(toA);
      await until(() => atB.frames.length === 2);
      expect(atB.frames.map((bytes) => bytes.length)).toEqual([10, 11]);
    });

    test('closing tells both ends once, and ends sending', async () => {
      const [toB, toA] = await pair();
      const [atA, atB] = [collect(toB), collect(toA)];
      toB.close();
      toB.close();
      await until(() => atA.closes === 1 && atB.closes === 1);
      toA.close();
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect([atA.closes, atB.closes]).toEqual([1, 1]);
      expect([toA.closed, toB.closed]).toEqual([true, true]);
      for (const link of [toA, toB]) {
        expect(() => link.send(frame(1))).toThrow(expect.objectContaining({ code: 'link-failed' }));
      }
    });

    test('who listens to a closed link hears that it is', async () => {
      const [toB, toA] = await pair();
      toB.close();
      await until(() => toA.closed);
      const atB = collect(toA);
      await until(() => atB.closes === 1);
    });
  });
}
