import { expect, test } from 'vitest';
import type { StatementLine } from '../../protocol/http/usage.ts';
import { sumJobs } from './sum-jobs.ts';

const line = (micros: number, fields: Partial<StatementLine> = {}): StatementLine => ({
  eventId: String(micros),
  at: new Date(0),
  kind: 'settle',
  bucket: 'available',
  credits: '0',
  micros,
  job: 'a',
  ...fields,
});
const hold = (micros: number): StatementLine[] => [
  line(-micros, { kind: 'hold' }),
  line(micros, { kind: 'hold', bucket: 'held' }),
];
const describe = () => 'described';

test('a request is what it cost: hold and return cancel out', () => {
  const [entry, ...others] = sumJobs([line(60), line(-100, { bucket: 'held' }), ...hold(100)], describe);
  expect(others).toEqual([]);
  expect(entry).toMatchObject({ title: 'A request', micros: -40, heldMicros: 0, job: 'a' });
  expect(entry?.lines).toHaveLength(4);
});

test('an open hold costs nothing yet', () => {
  expect(sumJobs(hold(100), describe)).toMatchObject([
    { title: 'A request that is under way', micros: 0, heldMicros: 100 },
  ]);
});

test('another’s request earns; lines without one stay alone and in order', () => {
  const grant = line(10, { kind: 'grant', job: null });
  const entries = sumJobs([line(7, { job: 'b' }), grant, grant], describe);
  expect(entries.map(({ title, micros }) => [title, micros])).toEqual([
    ['Earned by lending', 7],
    ['described', 10],
    ['described', 10],
  ]);
  expect(new Set(entries.map(({ key }) => key)).size).toBe(3);
});

test('entries keep the place of their newest line', () => {
  const entries = sumJobs([line(1, { job: 'b' }), line(2), line(3, { job: 'b' })], describe);
  expect(entries.map(({ job, micros }) => [job, micros])).toEqual([
    ['b', 4],
    ['a', 2],
  ]);
});
