// One stage in two epochs: whose session it goes on with, what it replays, and what it refuses. Whole rings are in the driver's
// test of carried sessions.
import { describe, expect, test } from 'vitest';
import { FRAME_FLAGS } from '../../protocol/frame.ts';
import { newSessionId, type PeerId } from '../../protocol/ids.ts';
import { newIdentity } from '../links/proved-pair.ts';
import { SessionTable } from './session-table.ts';
import {
  accept,
  closeFrame,
  EPOCH,
  HeldLink,
  JOB,
  makeGrant,
  makeStage,
  openFrame,
  openSession,
  settle,
  stepFrame,
} from './test-stage.ts';

describe('a session of the epoch before', () => {
  const next = () => ({ up: new HeldLink(), next: new HeldLink() });

  /** A stage in the next epoch over the same executor and sessions, with a session that has computed two tokens. */
  async function twoEpochs() {
    const sessions = new SessionTable(Number.POSITIVE_INFINITY);
    const first = makeStage({ sessions });
    const session = await openSession(first);
    accept(first, stepFrame(session));
    await settle();
    const links = next();
    const second = makeStage({ sessions, epoch: EPOCH + 1, next: links.next });
    const say = (frame: ReturnType<typeof stepFrame>, from = links.up) => {
      accept(second, { ...frame, epoch: EPOCH + 1 }, from);
      return settle();
    };
    return { first, second: { ...second, ...links }, session, sessions, say };
  }

  test('goes on in this one, and the epoch before is refused from then on', async () => {
    const { first, second, session, say } = await twoEpochs();
    await say(openFrame(session, { carried: { position: 2, fresh: [] } }));
    await say(stepFrame(session, { position: 2 }));
    expect(second.up.errors()).toEqual([]);
    expect(second.next.sent.map(({ kind }) => kind)).toEqual(['open', 'hidden']);
    expect([first.node.sessions, second.node.sessions]).toEqual([0, 1]);
    accept(first, stepFrame(session, { position: 3 }));
    accept(first, closeFrame(session));
    await settle();
    expect(first.up.errors()).toEqual(['session-unknown']);
    expect(second.node.sessions).toBe(1);
  });

  test('keeps no other driver from the job’s next session, though nobody has closed it or put it aside', async () => {
    const sessions = new SessionTable(Number.POSITIVE_INFINITY);
    const grant = makeGrant({ sessions: 1 });
    const first = makeStage({ sessions });
    accept(first, openFrame(newSessionId(), { grant }));
    await settle();
    const second = makeStage({ sessions, epoch: EPOCH + 1 });
    const open = (): void => accept(second, { ...openFrame(newSessionId(), { grant }), epoch: EPOCH + 1 });
    open();
    await settle();
    expect([second.up.errors(), sessions.size]).toEqual([[], 2]);
    open();
    await settle();
    expect(second.up.errors()).toEqual(['grant-refused']);
  });

  test('is replayed to a next stage that is new, at prefill speed and behind the OPEN', async () => {
    const { second, session, say } = await twoEpochs();
    await say(openFrame(session, { carried: { position: 2, fresh: [1] } }));
    expect(second.next.sent).toMatchObject([
      { kind: 'open' },
      { kind: 'hidden', position: 0, tokens: 2, epoch: EPOCH + 1, flags: FRAME_FLAGS.replay | FRAME_FLAGS.rollback },
    ]);
  });

  test('of which it keeps less than the next stage lacks: kv-missing, and nothing is passed on', async () => {
    const { second, session, say } = await twoEpochs();
    await say(openFrame(session, { carried: { position: 3, fresh: [1] } }));
    expect(second.up.errors()).toEqual(['kv-missing']);
    expect(second.next.sent.filter(({ kind }) => kind !== 'close')).toEqual([]);
  });

  test('is nobody else’s: another driver, or another codec', async () => {
    const { second, session, say } = await twoEpochs();
    const driver = 'e'.repeat(32) as PeerId;
    await say(openFrame(session, { driver, grant: makeGrant({ driver }) }), new HeldLink(driver));
    await say(openFrame(session, { codec: 'int8' }));
    expect(second.up.errors()).toEqual(['bad-frame']);
    expect(second.node.sessions).toBe(0);
  });

  test('is not taken back by an epoch that is over', async () => {
    const { first, session, say } = await twoEpochs();
    await say(openFrame(session));
    accept(first, openFrame(session), new HeldLink('e'.repeat(32) as PeerId));
    accept(first, openFrame(session));
    await settle();
    expect(first.up.errors()).toEqual(['bad-frame']);
  });

  test('rows that are replayed are computed, kept, and passed on to no stage that holds them; none is sampled', async () => {
    const links = next();
    const stage = makeStage({ next: links.next, sessions: new SessionTable(Number.POSITIVE_INFINITY) });
    const session = newSessionId();
    const opened = { carried: { position: 4, fresh: [0] } };
    accept(stage, openFrame(session, opened));
    accept(stage, stepFrame(session, { flags: FRAME_FLAGS.replay }));
    accept(stage, stepFrame(session, { position: 2, flags: FRAME_FLAGS.replay }));
    accept(stage, stepFrame(session, { position: 4 }, [1]));
    accept(stage, stepFrame(session, { position: 5, flags: FRAME_FLAGS.replay | FRAME_FLAGS.sample }, [1]));
    await settle();
    expect(stage.up.errors()).toEqual(['bad-frame']);
    expect(links.next.sent.map(({ kind, position }) => `${kind} ${position}`)).toEqual(['open 0', 'hidden 4']);
    // Nobody is paid for them.
    const [receipt] = await stage.meters.receiptsFor(await newIdentity(), { job: JOB, epoch: EPOCH });
    expect(receipt!.receipt).toMatchObject({ from: 4, to: 5, frames: 1 });
  });
});
