import { describe, expect, test } from 'vitest';
import type { Coalition, ServerMessage } from '../../protocol/control.ts';
import { PoolError } from '../../protocol/errors.ts';
import { applyChatEvent, type ChatEffect, type ChatEvent, type ChatLife, newChatLife } from './chat-life.ts';
import { coalitionOf, OTHER_POOL, POOL, peerOf, poolsOf, tellOf } from './test-pool.ts';

const PEERS = [peerOf('b'), peerOf('c')];
const heard = (message: ServerMessage): ChatEvent => ({ type: 'message-heard', message });
const told = (epoch: number, state: Coalition['state'], pool = POOL): ChatEvent =>
  heard(tellOf(coalitionOf(epoch, state, PEERS, pool)));
const pools = (state: Parameters<typeof poolsOf>[0]): ChatEvent => heard(poolsOf(state));
const NO_POOLS: ChatEvent = heard({ type: 'pools', pools: [] });
const WELCOME: ChatEvent = { type: 'server-welcomed' };
const linked = (epoch: number): ChatEvent => ({ type: 'coalition-linked', epoch });
const retired = (epoch: number): ChatEvent => heard({ type: 'retire', pool: POOL, epoch });
const error = new PoolError('link-failed', 'No way.');
const unlinked = (epoch: number): ChatEvent => ({ type: 'coalition-unlinked', epoch, error });
const AWAY = { sinceMs: 1, nextTryMs: 2 };
const lost = (isFinal = false): ChatEvent => ({ type: 'server-lost', error, isFinal, away: AWAY });

const lineOf = (effect: ChatEffect): string => {
  if (effect.type === 'say') return `say ${effect.message.type}`;
  if (effect.type === 'watch-later') return effect.type;
  return `${effect.type} ${'coalition' in effect ? effect.coalition.epoch : effect.epoch}`;
};

/** What is shown after all events, and what is done after the last one: `phase epoch`. */
function live(role: ChatLife['role'], ...events: ChatEvent[]): [shown: string, lines: string[], life: ChatLife] {
  let life = newChatLife(POOL, role);
  let lines: string[] = [];
  for (const event of events) {
    const step = applyChatEvent(life, event);
    life = step.life;
    lines = step.effects.map(lineOf);
  }
  return [[life.shown.phase, life.shown.coalition?.epoch].join(' ').trim(), lines, life];
}

type Row = [what: string, events: ChatEvent[], shown: string, lines: string[]];

/** Epoch 1 answers. */
const LINKED = [WELCOME, told(1, 'ready'), linked(1)];
/** It broke, and the next one forms. */
const CUT = [...LINKED, told(1, 'broken'), told(2, 'forming')];
const DROPPED = (epoch: number) => [`drop-coalition ${epoch}`, `close-links ${epoch}`];

/** Two rings answer; the server is away, and the one that was used last goes meanwhile. */
const ONE_OF_TWO = [
  ...[...LINKED, told(2, 'ready'), linked(2), lost()],
  { type: 'link-broken', epoch: 2 } as const,
  WELCOME,
];

test.each<Row>([
  ['opened', [], 'connecting', []],
  ['welcomed', [WELCOME], 'no-stages', ['say watch']],
  ['no such pool', [WELCOME, NO_POOLS], 'no-stages', []],
  ['an empty pool', [WELCOME, pools('empty')], 'no-stages', []],
  ['a pool that waits', [WELCOME, pools('waiting')], 'forming', []],
  ['a pool that serves, before its coalition is known', [WELCOME, pools('ready')], 'forming', []],
  ['a pool that waits has no seats', [WELCOME, told(1, 'forming'), pools('waiting')], 'forming', []],
  ['a pool that goes on forming', [WELCOME, told(1, 'forming'), pools('forming')], 'forming 1', []],
  ['another pool’s coalition', [WELCOME, told(1, 'ready', OTHER_POOL)], 'no-stages', []],
  ['a coalition that loads', [WELCOME, told(1, 'forming')], 'forming 1', []],
  ['one that serves is linked to', [WELCOME, told(1, 'ready')], 'no-stages', ['link 1']],
  ['and answers once it is', LINKED, 'ready 1', ['use-coalition 1']],
  ['one of two is gone while the server is away', ONE_OF_TWO, 'no-stages', ['say watch']],
  ['the other one is named, and answers', [...ONE_OF_TWO, told(1, 'ready')], 'ready 1', ['hold-ticket 1']],
  ['told again: a fresh ticket', [...LINKED, told(1, 'ready')], 'ready 1', ['hold-ticket 1']],
  [
    'a fresh ticket while it is linked to',
    [WELCOME, told(1, 'ready'), told(1, 'ready')],
    'no-stages',
    ['hold-ticket 1'],
  ],
  ['pools say nothing of it then', [...LINKED, NO_POOLS], 'ready 1', []],
  ['the next one loads behind it', [...LINKED, told(2, 'forming')], 'ready 1', []],
  ['the next one serves', [...LINKED, told(2, 'ready')], 'ready 1', ['link 2']],
  ['and takes its place', [...LINKED, told(2, 'ready'), linked(2)], 'ready 2', ['use-coalition 2']],
  ['the old one breaks then', [...LINKED, told(2, 'ready'), linked(2), told(1, 'broken')], 'ready 2', DROPPED(1)],
  ['it breaks', [...LINKED, told(1, 'broken')], 'forming', DROPPED(1)],
  ['B5: the next one is linked to while it forms', CUT, 'forming 2', ['link 2']],
  ['B5: once', [...CUT, told(2, 'forming')], 'forming 2', []],
  ['B5: and answers when the server says so, not before', [...CUT, linked(2)], 'forming 2', []],
  ['B5: at once', [...CUT, linked(2), told(2, 'ready')], 'ready 2', ['hold-ticket 2', 'use-coalition 2']],
  ['B5: or when it is linked', [...CUT, told(2, 'ready'), linked(2)], 'ready 2', ['use-coalition 2']],
  ['B5: it is told again', [...CUT, linked(2), told(2, 'ready'), told(2, 'ready')], 'ready 2', ['hold-ticket 2']],
  ['B5: too early to link to it', [...CUT, unlinked(2)], 'forming 2', ['close-links 2']],
  ['B5: it is linked to when it answers', [...CUT, unlinked(2), told(2, 'ready')], 'forming 2', ['link 2']],
  ['B5: it answers meanwhile', [...CUT, told(2, 'ready'), unlinked(2)], 'forming 2', ['close-links 2', 'link 2']],
  ['B5: and cannot be linked to', [...CUT, told(2, 'ready'), unlinked(2), unlinked(2)], 'failed 2', ['close-links 2']],
  ['B5: it is given up', [...CUT, linked(2), retired(2)], 'forming 2', ['close-links 2']],
  ['B5: the one after it', [...CUT, retired(2), told(3, 'forming')], 'forming 3', ['link 3']],
  ['its link breaks', [...LINKED, { type: 'link-broken', epoch: 1 }], 'forming', [...DROPPED(1), 'watch-later']],
  ['it serves again', [...LINKED, { type: 'link-broken', epoch: 1 }, told(1, 'ready')], 'forming', ['link 1']],
  ['one that nobody linked to breaks', [...LINKED, told(7, 'broken')], 'ready 1', []],
  ['it breaks while it is linked to', [WELCOME, told(1, 'ready'), told(1, 'broken')], 'no-stages', DROPPED(1)],
  ['linked too late', [WELCOME, told(1, 'ready'), told(1, 'broken'), linked(1)], 'no-stages', []],
  ['failed too late', [WELCOME, told(1, 'ready'), told(1, 'broken'), unlinked(1)], 'no-stages', []],
  ['no link', [WELCOME, told(1, 'ready'), unlinked(1)], 'failed', ['close-links 1']],
  ['no link to the next one', [...LINKED, told(2, 'ready'), unlinked(2)], 'ready 1', ['close-links 2']],
  ['no link, and told again', [WELCOME, told(1, 'ready'), unlinked(1), told(1, 'ready')], 'failed', ['link 1']],
  ['the server away', [...LINKED, lost()], 'connecting 1', []],
  ['B9: and back: ready once the server names it', [...LINKED, lost(), WELCOME], 'forming 1', ['say watch']],
  ['B9: it names it', [...LINKED, lost(), WELCOME, told(1, 'ready')], 'ready 1', ['hold-ticket 1']],
  ['B9: another one, of which nobody is there', [...LINKED, lost(), WELCOME, NO_POOLS], 'no-stages', []],
  ['B9: linked when it is away', [WELCOME, told(1, 'ready'), lost(), linked(1)], 'connecting 1', ['use-coalition 1']],
  ['B9: no link when it is away', [WELCOME, told(1, 'ready'), lost(), unlinked(1)], 'connecting', ['close-links 1']],
  [
    'B11: a link breaks when it is away',
    [...LINKED, lost(), { type: 'link-broken', epoch: 1 }],
    'connecting',
    [...DROPPED(1), 'watch-later'],
  ],
  ['it wants it no more', [...LINKED, lost(true)], 'failed 1', []],
  ['something that it cannot do without', [WELCOME, { type: 'run-failed', error }], 'failed', []],
])('asks: %s', (_what, events, shown, lines) => {
  expect(live('asks', ...events).slice(0, 2)).toEqual([shown, lines]);
});

test.each<Row>([
  ['welcomed', [WELCOME], 'connecting', ['say watch']],
  ['no such pool', [WELCOME, NO_POOLS], 'no-stages', []],
  ['a pool that waits', [WELCOME, told(1, 'forming'), pools('waiting')], 'forming', []],
  ['a pool that serves', [WELCOME, pools('ready')], 'ready', []],
  ['a coalition that loads', [WELCOME, told(1, 'forming')], 'forming 1', []],
  ['one that serves', [WELCOME, told(1, 'forming'), told(1, 'ready')], 'ready 1', []],
  ['the next one loads behind it', [WELCOME, told(1, 'ready'), told(2, 'forming')], 'ready 1', []],
  ['the next one serves', [WELCOME, told(1, 'ready'), told(2, 'ready')], 'ready 2', []],
  ['it breaks', [WELCOME, told(1, 'ready'), told(1, 'broken')], 'forming', []],
  ['another one breaks', [WELCOME, told(2, 'ready'), told(1, 'broken')], 'ready 2', []],
  ['another pool’s coalition', [WELCOME, told(1, 'ready', OTHER_POOL)], 'connecting', []],
  ['the server away', [WELCOME, told(1, 'ready'), lost()], 'connecting 1', []],
  ['it wants it no more', [WELCOME, lost(true)], 'failed', []],
])('watches: %s', (_what, events, shown, lines) => {
  expect(live('watches', ...events).slice(0, 2)).toEqual([shown, lines]);
});

test.each(['asks', 'watches'] as const)('B11: since when it is away, until it is back: %s', (role) => {
  expect(live(role, WELCOME, lost())[2].shown.away).toEqual(AWAY);
  expect(live(role, WELCOME, lost(), WELCOME)[2].shown).not.toHaveProperty('away');
});

describe('two rings', () => {
  const both = [WELCOME, told(1, 'ready'), linked(1), told(2, 'ready'), linked(2)];

  test('what is left answers when one is gone', () => {
    const [shown, lines] = live('asks', ...both, told(2, 'broken'));
    expect([shown, lines]).toEqual(['ready 1', ['drop-coalition 2', 'close-links 2']]);
    expect(live('asks', ...both, told(1, 'broken'))[0]).toBe('ready 2');
    expect(live('asks', ...both, told(1, 'broken'), told(2, 'broken'))[0]).toBe('forming');
  });

  test('one that retires while nothing takes its place answers no more', () => {
    expect(live('asks', ...LINKED, retired(1), pools('ready'))[0], 'its successor is being linked').toBe('ready 1');
    expect(live('asks', ...LINKED, retired(1), pools('waiting'))[0]).toBe('forming');
    expect(live('asks', ...LINKED, retired(1), NO_POOLS)[0]).toBe('no-stages');
    const broken: ChatEvent = { type: 'link-broken', epoch: 1 };
    expect(live('asks', ...LINKED, retired(1), NO_POOLS, broken)[0]).toBe('no-stages');
    expect(live('asks', ...LINKED, retired(1), pools('waiting'), told(2, 'ready'), linked(2))[0]).toBe('ready 2');
  });

  test('one that retires is nobody’s second choice', () => {
    const retired = heard({ type: 'retire', pool: POOL, epoch: 1 });
    expect(live('asks', ...both, retired, told(2, 'broken'))[0]).toBe('forming');
    expect(live('asks', ...both, retired)[0]).toBe('ready 2');
  });
});

describe('errors', () => {
  test('one that is shown stays until something answers', () => {
    const [, , failed] = live('asks', WELCOME, told(1, 'ready'), unlinked(1), told(2, 'forming'));
    expect(failed.shown).toMatchObject({ phase: 'forming', error: { code: 'link-failed', next: error.next } });
    const [, , again] = live('asks', WELCOME, told(1, 'ready'), unlinked(1), told(2, 'ready'), linked(2));
    expect(again.shown).not.toHaveProperty('error');
  });

  test('an epoch that is dropped ends with an error of a code that is tried again', () => {
    const { life } = applyChatEvent(live('asks', ...LINKED)[2], told(2, 'ready'));
    expect(applyChatEvent(life, told(1, 'broken')).effects[0]).toMatchObject({ error: { code: 'stage-left' } });
  });
});

test('an older life is changed by nothing', () => {
  const [, , life] = live('asks', ...LINKED);
  const copy = structuredClone(life);
  applyChatEvent(life, told(1, 'broken'));
  applyChatEvent(life, told(2, 'ready'));
  expect(life).toEqual(copy);
});
