import { describe, expect, test } from 'vitest';
import type { PeerId } from './ids.ts';
import { inSeconds, makeTicket, newOrchestrator } from './test-orchestrator.ts';
import { checkMayAsk, mayFeed, openTicket, sealTicket, type Ticket } from './ticket.ts';

const orchestrator = newOrchestrator();
const [A, B] = ['a', 'b'].map((digit) => digit.repeat(32)) as [PeerId, PeerId];
const EPOCH = 7;
const refused = expect.objectContaining({ code: 'ticket-refused' });
const { publicKey, sign } = orchestrator;

test('a ticket is its peer’s in its epoch until it expires, and nobody else’s', async () => {
  const ticket = makeTicket(A, EPOCH);
  const token = sealTicket(ticket, sign);
  expect(await openTicket(token, { publicKey, peer: A, epoch: EPOCH })).toEqual(ticket);
  const nowSeconds = inSeconds(3800);
  for (const wrong of [{ peer: B }, { epoch: EPOCH + 1 }, { publicKey: newOrchestrator().publicKey }, { nowSeconds }]) {
    await expect(openTicket(token, { publicKey, peer: A, epoch: EPOCH, ...wrong })).rejects.toEqual(refused);
  }
});

test.each([{ start: -1 }, { layers: 0 }, { role: 'king' }, { pool: '' }, { peer: 'me' }, { epoch: 0.5 }])(
  'a signed ticket with %j is refused',
  async (field) => {
    const token = sealTicket({ ...makeTicket(A, EPOCH), ...field } as Ticket, sign);
    await expect(openTicket(token, { publicKey, peer: A, epoch: EPOCH })).rejects.toEqual(refused);
  },
);

describe('who may ask whom', () => {
  const LAYERS = 8;
  const stage = (start: number, end: number, fields: Partial<Ticket> = {}): Ticket =>
    makeTicket(A, EPOCH, { start, end, layers: LAYERS, ...fields });
  const driver = makeTicket(B, EPOCH, { role: 'driver', start: 0, end: 0, layers: LAYERS });
  const may = (asker: Ticket, answerer: Ticket): boolean => {
    try {
      checkMayAsk(asker, answerer);
      return true;
    } catch (error) {
      expect(error).toEqual(refused);
      return false;
    }
  };

  test('of all pairs of four stages: the next one, and from the entry the exit', () => {
    const cuts = [0, 2, 3, 6, 8];
    const stages = cuts.slice(1).map((end, index) => stage(cuts[index]!, end));
    const pairs = stages.flatMap((_asker, from) => stages.map((_answerer, to) => [from, to] as const));
    const allowed = pairs.filter(([from, to]) => may(stages[from]!, stages[to]!));
    expect(allowed).toEqual([
      [0, 1],
      [0, 3],
      [1, 2],
      [2, 3],
    ]);
  });

  test('a driver asks the entry and the exit; nobody asks a driver', () => {
    expect([stage(0, 2), stage(2, 6), stage(6, 8), stage(0, 8)].map((to) => may(driver, to))).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect([stage(0, 8), stage(0, 2), driver].map((from) => may(from, driver))).toEqual([false, false, false]);
  });

  test('never across pools, epochs or models', () => {
    expect(may(stage(0, 2), stage(2, 8))).toBe(true);
    for (const fields of [{ pool: 'other' }, { epoch: EPOCH + 1 }, { layers: 9 }]) {
      expect(may(stage(0, 2), stage(2, 8, fields))).toBe(false);
    }
  });

  test('a stage of no layers asks nobody', () => {
    expect(may(stage(0, 0), stage(0, 8))).toBe(false);
    expect(may(stage(0, 0), stage(2, 8))).toBe(false);
  });

  test('sessions come from the stage before, and at the entry from a driver: not from all who may ask', () => {
    expect(mayFeed(stage(0, 2), stage(2, 6))).toBe(true);
    expect(mayFeed(stage(0, 2), stage(6, 8))).toBe(false);
    expect(mayFeed(driver, stage(0, 2))).toBe(true);
    expect(mayFeed(driver, stage(6, 8))).toBe(false);
  });
});
