import { expect, test } from 'vitest';
import { readVitals } from './read-vitals.ts';

const connection = (...entries: object[]) => ({
  getStats: async () => new Map(entries.map((entry, index) => [String(index), entry])) as unknown as RTCStatsReport,
});
const pair = (id: string, fields: object) => ({ type: 'candidate-pair', id, timestamp: 10_000, ...fields });

test('reads the pair in use, in milliseconds', async () => {
  const used = pair('p2', { currentRoundTripTime: 0.042, lastPacketReceivedTimestamp: 9_400 });
  const other = pair('p1', { currentRoundTripTime: 1, lastPacketReceivedTimestamp: 1 });
  const transport = { type: 'transport', id: 't', timestamp: 10_000, selectedCandidatePairId: 'p2' };
  expect(await readVitals(connection(other, used, transport))).toEqual({ rttMs: 42, packetAgeMs: 600 });
});

test('where there is no transport the pair says itself that it is in use', async () => {
  const used = pair('p2', { selected: true, lastPacketReceivedTimestamp: 10_001 });
  expect(await readVitals(connection(pair('p1', { selected: false }), used))).toEqual({ packetAgeMs: 0 });
});

test('a connection that is not up says nothing', async () => {
  expect(await readVitals(connection())).toEqual({});
  expect(await readVitals(connection(pair('p1', {})))).toEqual({});
});
