import { describe, expect, test } from 'vitest';
import type { Coalition, ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import type { JobId } from '../../protocol/ids.ts';
import { TEST_MANIFEST } from '../host/test-worker.ts';
import { applyStageEvent } from './apply-stage-event.ts';
import { isLive, newStageLife, type StageEffect, type StageEvent, type StageLife, vitalsOf } from './stage-life.ts';
import { coalitionOf, OTHER_POOL, POOL, peerOf, poolsOf, tellOf } from './test-pool.ts';

const [A, B, C] = [peerOf('a'), peerOf('b'), peerOf('c')];
const heard = (message: ServerMessage): StageEvent => ({ type: 'message-heard', message });
const told = (epoch: number, state: Coalition['state'], peers = [A], pool = POOL): StageEvent =>
  heard(tellOf(coalitionOf(epoch, state, peers, pool)));
const loaded = (epoch = 5): StageEvent => ({ type: 'slice-loaded', epoch, msPerLayer: 3 });
const served = (epoch = 5): StageEvent => ({ type: 'epoch-served', epoch });
const proved = (peer = B, epoch = 5): StageEvent => ({ type: 'link-proved', epoch, peer });
const broke = (peer = B, epoch = 5): StageEvent => ({ type: 'link-broken', epoch, peer });
const retired = (epoch = 5): StageEvent => heard({ type: 'retire', pool: POOL, epoch });
const error = (code: PoolError['code']) => new PoolError(code, 'x');
const unlinked = (code: PoolError['code'] = 'link-failed', peer = B): StageEvent => ({
  ...{ type: 'link-failed', epoch: 5, peer, error: error(code) },
});
const failed = (code: PoolError['code'], epoch = 5): StageEvent => ({
  ...{ type: 'slice-failed', epoch, error: error(code) },
});
const warm = (start: number, end: number, pool = POOL): StageEvent =>
  heard({ type: 'warm', pool, layers: [{ start, end }], near: [B] });
const warmed = (start: number, end: number, isReady = true): StageEvent => ({
  ...{ type: 'reserve-ended', ended: { start, end, isReady } },
});
const AWAY = { sinceMs: 1, nextTryMs: 2 };
const LOST: StageEvent = { type: 'server-lost', error: error('link-failed'), isFinal: false, away: AWAY };
const UNBROKERED: StageEvent = { type: 'broker-failed', error: error('link-failed') };
const LEFT: StageEvent = { type: 'tab-left' };

const START: StageEvent[] = [
  { type: 'identity-kept', peer: A },
  { type: 'backend-chosen', backend: 'wasm', device: 'cpu' },
  { type: 'model-read', manifest: TEST_MANIFEST },
  { type: 'layer-probed', msPerLayer: 2, memoryBytes: 9 },
];
const OFFERED: StageEvent[] = [...START, { type: 'server-welcomed' }, { type: 'broker-opened' }];
const SERVING: StageEvent[] = [told(5, 'forming', [A, B]), loaded(), proved(), served()];
const ENTRY_OF_THREE: StageEvent[] = [told(5, 'forming', [A, B, C]), loaded(), proved(), served()];
const THREE = told(5, 'forming', [A, B, C]);
const EXIT_FIRST: StageEvent[] = [THREE, proved(C), loaded(), proved(), served()];
const NO_EXIT: StageEvent[] = [THREE, unlinked('link-failed', C), loaded(), proved(), served()];

/** One line per effect: what it is, of which epoch, to or about whom. */
function lineOf(effect: StageEffect): string {
  const { type } = effect;
  const name = (peer: string) => peer[0];
  if (type === 'say') {
    const { message } = effect;
    const about = [
      ...('epoch' in message ? [message.epoch] : []),
      ...(message.type === 'spare-warm' || message.type === 'spare-failed' ? [`${message.start}-${message.end}`] : []),
      ...('peer' in message ? [name(message.peer)] : []),
      ...(message.type === 'stage-failed' ? [message.error.code] : []),
    ];
    return [`say ${message.type}`, ...about].join(' ');
  }
  if (type === 'warm-slices')
    return `warm ${effect.slices.layers.map(({ start, end }) => `${start}-${end}`).join(' ')}`;
  if (type === 'load-slice')
    return `load ${effect.assignment.epoch} ${effect.assignment.start}-${effect.assignment.end}`;
  if (type === 'hold-connections') return ['near', ...effect.peers.map(name)].join(' ');
  if (type === 'link') return `link ${effect.epoch} ${name(effect.peer)}`;
  if (type === 'drop-coalition') return `drop ${effect.epoch} ${effect.error.code}`;
  return 'epoch' in effect ? `${type} ${effect.epoch}` : type;
}

function live(...events: StageEvent[]): { life: StageLife; lines: string[] } {
  let life = newStageLife(POOL, { keepPacked: false });
  let lines: string[] = [];
  for (const event of events) {
    const step = applyStageEvent(life, event);
    life = step.life;
    // What came of the last event alone.
    lines = step.effects.map(lineOf);
  }
  return { life, lines };
}

type Row = [what: string, events: StageEvent[], phase: StageLife['shown']['phase'], lines: string[]];

describe('one event, what is shown then, and what is done', () => {
  test.each<Row>([
    ['opened', [], 'connecting', []],
    ['it knows who it is', START.slice(0, 1), 'reading-model', []],
    ['it has a model', START.slice(0, 3), 'probing', []],
    ['it has measured itself', START, 'waiting', ['connect']],
    ['measured without a model', [START[3]!], 'failed', ['end']],
    ['welcomed', [...START, { type: 'server-welcomed' }], 'waiting', ['open-broker']],
    ['reachable', OFFERED, 'waiting', ['say offer']],
    ['reachable before it measured anything', [{ type: 'broker-opened' }], 'connecting', []],
    ['an offer refused', [...OFFERED, heard({ type: 'error', error: error('manifest-mismatch') })], 'failed', ['end']],
    ['the server away', [...OFFERED, LOST], 'connecting', ['cancel-jobs']],
    [
      'the server wants it no more',
      [...OFFERED, { type: 'server-lost', error: error('not-authentic'), isFinal: true, away: AWAY }],
      'failed',
      ['cancel-jobs', 'end'],
    ],
    ['refused by the broker', [...START, { type: 'server-welcomed' }, UNBROKERED], 'failed', ['end']],
    [
      'B7: no broker, for the server has gone',
      [...START, { type: 'server-welcomed' }, LOST, UNBROKERED],
      'connecting',
      [],
    ],
    ['left', [...OFFERED, LEFT], 'left', ['end']],
    ['failed, then left', [START[3]!, LEFT], 'failed', []],
    ['left, then failed', [LEFT, { type: 'run-failed', error: error('internal') }], 'left', []],
  ])('%s', (_what, events, phase, lines) => {
    const got = live(...events);
    expect([got.life.shown.phase, got.lines]).toEqual([phase, lines]);
  });

  test('B5: what it holds, each until it is asked for others or cannot have it', () => {
    const both = heard({
      type: 'warm',
      pool: POOL,
      layers: [
        { start: 2, end: 4 },
        { start: 0, end: 2 },
      ],
      near: [],
    });
    const progress: StageEvent = {
      ...{ type: 'reserve-progressed', progress: { start: 2, end: 4, loadedBytes: 7, totalBytes: 9 } },
    };
    const [held, none] = [
      { totalBytes: 9, loadedBytes: 9, isReady: true },
      { totalBytes: 0, loadedBytes: 0, isReady: false },
    ];
    const reserveAfter = (...events: StageEvent[]) =>
      live(...OFFERED, both, progress, warmed(2, 4), ...events).life.shown.reserve;
    expect(reserveAfter()).toEqual([
      { start: 2, end: 4, ...held },
      { start: 0, end: 2, ...none },
    ]);
    expect(reserveAfter(warmed(0, 2, false))).toEqual([{ start: 2, end: 4, ...held }]);
    expect(reserveAfter(both)).toHaveLength(2);
    expect(reserveAfter(both)![0]).toMatchObject(held);
    expect(reserveAfter(warm(2, 4), warmed(2, 4, false))).toBeUndefined();
    // With a seat it is linked to whom it needs.
    const seated = applyStageEvent(live(...OFFERED, warm(2, 4)).life, told(5, 'forming', [B, A]));
    expect(seated.effects.map(lineOf)).toContain('near');
  });

  test('B11: since when the server is away, until it is back', () => {
    expect(live(...OFFERED, ...SERVING, LOST).life.shown).toMatchObject({ phase: 'connecting', away: AWAY });
    expect(live(...OFFERED, LOST, { type: 'server-welcomed' }).life.shown).not.toHaveProperty('away');
  });

  const HELD = 'hold-ticket 5';
  test.each<Row>([
    ['a seat for it alone', [told(5, 'forming')], 'loading', [HELD, 'load 5 0-2']],
    ['a seat before another', [told(5, 'forming', [A, B])], 'loading', [HELD, 'load 5 0-2', 'link 5 b']],
    ['a seat behind another', [told(5, 'forming', [B, A])], 'loading', [HELD, 'load 5 2-4']],
    ['no seat', [told(5, 'forming', [B, C])], 'waiting', []],
    ['another pool', [told(5, 'forming', [A], OTHER_POOL)], 'waiting', []],
    ['B5: layers to hold in reserve', [warm(2, 4)], 'waiting', ['warm 2-4', 'near b']],
    [
      'B5: in reserve of another pool, or none of the model’s',
      [warm(2, 4, OTHER_POOL), warm(2, 9), warm(2, 2)],
      'waiting',
      [],
    ],
    ['B5: with a seat it holds none in reserve', [told(5, 'forming', [A, B]), warm(2, 4)], 'loading', []],
    ['B5: it says that it holds them', [warm(2, 4), warmed(2, 4)], 'waiting', ['say spare-warm 2-4']],
    ['B5: it says that it could not have them', [warm(2, 4), warmed(2, 4, false)], 'waiting', ['say spare-failed 2-4']],
    ['B5: not of those that it was asked for before', [warm(2, 4), warm(0, 2), warmed(2, 4)], 'waiting', []],
    ['told again', [told(5, 'forming'), told(5, 'ready')], 'loading', [HELD, 'coalition-serves 5']],
    ['broken before it was joined', [told(5, 'broken')], 'waiting', ['drop 5 stage-left']],
    ['loaded, not linked', [told(5, 'forming', [A, B]), loaded()], 'loading', []],
    ['linked, not loaded', [told(5, 'forming', [A, B]), proved()], 'loading', []],
    ['loaded, then linked', [told(5, 'forming', [A, B]), loaded(), proved()], 'loading', ['serve-epoch 5']],
    ['linked, then loaded', [told(5, 'forming', [A, B]), proved(), loaded()], 'loading', ['serve-epoch 5']],
    ['it serves at the entry', SERVING, 'serving', ['say stage-ready 5', 'beat-later', 'drive-over 5']],
    ['before two others', [told(5, 'forming', [A, B, C])], 'loading', [HELD, 'load 5 0-2', 'link 5 b', 'link 5 c']],
    ['at the entry of three', ENTRY_OF_THREE, 'serving', ['say stage-ready 5', 'beat-later']],
    ['whose exit is linked', EXIT_FIRST, 'serving', ['say stage-ready 5', 'beat-later', 'drive-over 5']],
    ['an exit that is linked early answers nobody yet', EXIT_FIRST.slice(0, 2), 'loading', []],
    ['whose exit could not be linked early', NO_EXIT, 'serving', ['say stage-ready 5', 'beat-later', 'link 5 c']],
    ['nobody hears of that', NO_EXIT.slice(0, 2), 'loading', []],
    [
      'whose exit was linked and broke',
      [EXIT_FIRST[0]!, EXIT_FIRST[1]!, broke(C), ...EXIT_FIRST.slice(2)],
      'serving',
      ['say stage-ready 5', 'beat-later', 'link 5 c'],
    ],
    ['the link to the exit', [...ENTRY_OF_THREE, proved(C)], 'serving', ['drive-over 5']],
    [
      'it serves behind',
      [told(5, 'forming', [B, A]), loaded(), served()],
      'serving',
      ['say stage-ready 5', 'beat-later'],
    ],
    ['served before it was loaded', [told(5, 'forming'), served()], 'loading', []],
    ['served twice', [...SERVING, served()], 'serving', []],
    ['what is of no epoch of its own', [loaded(), proved(), served(), broke(), unlinked()], 'waiting', []],

    ['no link', [told(5, 'forming', [A, B]), unlinked()], 'waiting', ['say link-down 5 b']],
    ['no proof', [told(5, 'forming', [A, B]), unlinked('ticket-refused')], 'waiting', ['say link-down 5 b']],
    ['a link given up', [told(5, 'forming', [A, B]), unlinked('cancelled')], 'loading', []],
    [
      'a link that fails by its own fault',
      [told(5, 'forming', [A, B]), unlinked('internal')],
      'failed',
      ['say link-down 5 b', 'say stage-failed 5 internal', 'end'],
    ],
    ['no link, and then loaded', [told(5, 'forming', [A, B]), unlinked(), loaded()], 'waiting', []],
    ['no link, and no slice', [told(5, 'forming', [A, B]), unlinked(), failed('out-of-memory')], 'waiting', []],
    ['no link to the exit', [...ENTRY_OF_THREE, unlinked('link-failed', C)], 'serving', ['say link-down 5 c']],
    ['the next link broke', [...SERVING, broke()], 'serving', ['say link-down 5 b']],
    ['the exit’s broke', [...ENTRY_OF_THREE, broke(C)], 'serving', ['drop 5 link-failed', 'link-exit-later 5']],
    ['time for it', [...ENTRY_OF_THREE, broke(C), { type: 'exit-link-due', epoch: 5 }], 'serving', ['link 5 c']],
    ['too late for it', [...SERVING, retired(), { type: 'exit-link-due', epoch: 5 }], 'serving', []],

    [
      'no slice',
      [told(5, 'forming'), failed('download-failed')],
      'failed',
      ['say stage-failed 5 download-failed', 'end'],
    ],
    ['a slice given up', [told(5, 'forming'), failed('cancelled')], 'loading', []],
    ['a slice of an epoch that is over', [told(5, 'forming'), retired(), failed('out-of-memory')], 'loading', []],
    [
      'the device is lost',
      [...SERVING, { type: 'device-failed', error: error('device-lost') }],
      'failed',
      ['say stage-failed 5 device-lost', 'end'],
    ],
    [
      'the device is lost, after the next epoch was given up while it formed',
      [
        ...[
          ...SERVING,
          told(6, 'forming'),
          retired(6),
          { type: 'epoch-retired', epoch: 6, hadSessions: false } as const,
        ],
        { type: 'device-failed', error: error('device-lost') },
      ],
      'failed',
      ['say stage-failed 5 device-lost', 'end'],
    ],
    ['without a slice nobody loses it', [{ type: 'device-failed', error: error('device-lost') }], 'waiting', []],

    ['the next epoch beside it', [...SERVING, told(6, 'forming')], 'loading', ['hold-ticket 6', 'load 6 0-2']],
    ['retired', [...SERVING, retired()], 'serving', ['retire-epoch 5']],
    [
      'the next one given up while it formed',
      [...SERVING, told(6, 'forming'), retired(6), { type: 'epoch-retired', epoch: 6, hadSessions: false }],
      'serving',
      ['drop 6 epoch-stale'],
    ],
    [
      'gone',
      [...SERVING, retired(), { type: 'epoch-retired', epoch: 5, hadSessions: false }],
      'waiting',
      ['drop 5 epoch-stale'],
    ],
    [
      'gone while the next one serves',
      [
        ...SERVING,
        told(6, 'forming'),
        loaded(6),
        served(6),
        retired(),
        { type: 'epoch-retired', epoch: 5, hadSessions: false },
      ],
      'serving',
      ['drop 5 epoch-stale'],
    ],
    ['broken', [...SERVING, told(5, 'broken', [A, B])], 'serving', ['drop 5 stage-left']],
    ['a reconnection', [...SERVING, { type: 'broker-opened' }], 'waiting', ['retire-epoch 5', 'say offer']],
    ['told of it after that', [...SERVING, { type: 'broker-opened' }, told(5, 'ready', [A, B])], 'waiting', []],
    ['another’s mishap', [...SERVING, heard({ type: 'error', error: error('rate-limited') })], 'serving', []],
  ])('offered: %s', (_what, events, phase, lines) => {
    const got = live(...OFFERED, ...events);
    expect([got.life.shown.phase, got.lines]).toEqual([phase, lines]);
  });
});

test('the newest coalition is shown', () => {
  const { life } = live(...OFFERED, told(6, 'forming'), told(5, 'ready'));
  expect(life.shown.coalition?.epoch).toBe(6);
});

test('an older life is changed by nothing', () => {
  const { life } = live(...OFFERED, ...SERVING);
  const copy = structuredClone(life);
  applyStageEvent(life, retired());
  applyStageEvent(life, told(6, 'forming'));
  expect(life).toEqual(copy);
});

test('why it waits is told of its own pool alone', () => {
  const { life } = live(...OFFERED, heard(poolsOf('waiting', 'For two more.')));
  expect(life.shown.waitsFor).toBe('For two more.');
  expect(live(...OFFERED, heard({ type: 'pools', pools: [] })).life.shown).not.toHaveProperty('waitsFor');
});

test('progress of another slice is not told', () => {
  const progress = { epoch: 4, loadedBytes: 1, totalBytes: 2, networkBytes: 1, cachedBytes: 0 };
  const { life, lines } = live(...OFFERED, told(5, 'forming'), { type: 'slice-progressed', progress });
  expect([life.shown.slice?.loadedBytes, lines]).toEqual([0, []]);
});

test('links of an epoch are wanted as long as it lives, and the tab', () => {
  const { life } = live(...OFFERED, ...SERVING);
  expect([isLive(life, 5), isLive(life, 6)]).toEqual([true, false]);
  expect(isLive(applyStageEvent(life, retired()).life, 5)).toBe(false);
  expect(isLive(applyStageEvent(life, LEFT).life, 5)).toBe(false);
});

test('a heartbeat takes so many round trips, and none while nothing serves', () => {
  const rtts = Array.from({ length: 70 }, () => ({ peer: B, ms: 1 }));
  const measured: StageEvent = { type: 'links-measured', rtts };
  expect(vitalsOf(live(...OFFERED, measured).life)).toEqual({ sessions: 0, tokens: 0 });
  expect(vitalsOf(live(...OFFERED, ...SERVING, measured).life).rtts).toHaveLength(64);
});

test('D6: each answer that is settled counts once, and the trial of a coalition does not', () => {
  const signed = (job: string, epoch: number): StageEvent => ({
    ...{ type: 'receipts-signed', job: job as JobId, epoch, tokens: 40 },
  });
  const counts = (...events: StageEvent[]) => {
    const { served } = live(...OFFERED, ...SERVING, ...events).life.shown;
    return [served.answers, served.answerTokens];
  };
  const ready = told(5, 'ready', [A, B]);
  expect(counts(signed('trial', 5))).toEqual([0, 0]);
  expect(counts(signed('trial', 5), ready, signed('j', 5), signed('k', 5))).toEqual([2, 80]);
  expect(counts(ready, signed('j', 5), signed('j', 5)), 'asked for again').toEqual([1, 40]);
  expect(counts(ready, signed('j', 4), signed('j', 5)), 'it went over to another epoch').toEqual([1, 80]);
  const work = { sessions: 1, tokens: 90, stepMs: 1, bytesIn: 0, bytesOut: 0 };
  expect(counts(ready, signed('j', 5), { type: 'work-served', served: work }), 'work goes on').toEqual([1, 40]);
});
