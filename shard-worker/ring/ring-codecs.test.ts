// Codecs at one stage: what it sends is what the driver allows, and so is what it takes.
import { expect, test } from 'vitest';
import type { CodecPolicy } from '../../protocol/codec.ts';
import { newSessionId } from '../../protocol/ids.ts';
import { CODECS } from '../../protocol/names.ts';
import { packRows } from '../codec/pack-rows.ts';
import { accept, hiddenFrame, makeStage, openFrame, settle, stepFrame } from './test-stage.ts';

const ROWS = new Uint8Array(Float32Array.of(1, -2.5, 0.125, 3, 0.1, 0.2, -0.3, 0.4).buffer);

test.each<[CodecPolicy | undefined, string, number]>([
  [undefined, 'float32', 32],
  ['exact', 'float32', 32],
  ['f16', 'float16', 16],
  ['int8', 'int8', 16],
  // A link of 8 ms and two short rows: nothing is gained.
  ['auto', 'float32', 32],
])('a driver that allows %s gets %s between stages', async (codec, dtype, bytes) => {
  const stage = makeStage();
  const session = newSessionId();
  accept(stage, openFrame(session, codec && { codec }));
  accept(stage, stepFrame(session));
  await settle();
  const [open, hidden] = stage.next.sent;
  expect([hidden!.dtype, hidden!.payload.byteLength]).toEqual([dtype, bytes]);
  // The next stage hears of it too.
  expect(JSON.parse(new TextDecoder().decode(open!.payload)).codec).toBe(codec);
});

const TAKEN: Record<CodecPolicy, readonly string[]> = {
  exact: ['exact'],
  f16: ['exact', 'f16'],
  int8: ['exact', 'int8'],
  auto: ['exact', 'f16', 'int8'],
};

test.each(Object.entries(TAKEN) as [CodecPolicy, readonly string[]][])(
  'where %s is allowed, %j are taken',
  async (codec, taken) => {
    for (const sent of CODECS) {
      const stage = makeStage({ start: 2, end: 4 });
      const session = newSessionId();
      accept(stage, openFrame(session, { codec }));
      accept(stage, hiddenFrame(session, packRows(sent, ROWS, 'float32', 2)));
      await settle();
      const isTaken = taken.includes(sent);
      expect(stage.up.errors()).toEqual(isTaken ? [] : ['bad-frame']);
      expect(stage.toDriver.sent).toHaveLength(isTaken ? 1 : 0);
    }
  },
);

test('a session that says nothing takes nothing but the exact type, and rows of the model’s width', async () => {
  const stage = makeStage({ start: 2, end: 4 });
  const session = newSessionId();
  accept(stage, openFrame(session));
  accept(stage, hiddenFrame(session, packRows('f16', ROWS, 'float32', 2)));
  accept(stage, hiddenFrame(session, { width: 2, payload: new Uint8Array(16) }));
  await settle();
  expect(stage.up.errors()).toEqual(['bad-frame', 'bad-frame']);
});

test('what is computed is what came out of the codec', async () => {
  const seen: number[][] = [];
  const stage = makeStage({
    ...{ start: 2, end: 4 },
    beforeRun: ([input]) => {
      seen.push([...new Float32Array(input!.hidden!.slice().buffer)]);
    },
  });
  for (const codec of CODECS) {
    const session = newSessionId();
    accept(stage, openFrame(session, { codec: 'auto' }));
    accept(stage, hiddenFrame(session, packRows(codec, ROWS, 'float32', 2)));
    await settle();
  }
  const rows = [...new Float32Array(ROWS.buffer)];
  expect(seen[0]).toEqual(rows);
  for (const [index, value] of rows.entries()) {
    expect(Math.abs(seen[1]![index]! - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11);
    expect(Math.abs(seen[2]![index]! - value)).toBeLessThanOrEqual((index < 4 ? 3 : 0.4) / 253);
  }
  expect(seen[2]).not.toEqual(rows);
});
