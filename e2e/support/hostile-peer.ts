// Runs in a page: a peer with a key of its own and a proved link to the entry stage, that then sends what it should not.

import { decodeFrame, encodeFrame, type Frame } from '../../protocol/frame.ts';
import { type ModelRef, newSessionId } from '../../protocol/ids.ts';
import { GREEDY } from '../../protocol/sampling.ts';
import { packJson, unpackJson } from '../../shard-worker/ring/open-session.ts';
import { emptyFrame } from '../../shard-worker/words/empty-frame.ts';
import { openPoolLinks } from './pool-links.ts';

declare global {
  interface Window {
    attack(origin: string, model: ModelRef): Promise<Record<string, string>>;
  }
}

const LOOP = { maxTokens: 4, eosIds: [], ahead: 4, turn: 1, drafter: 'none' };

window.attack = async (origin, model) => {
  const { entry: link, coalition, self, grant } = await openPoolLinks(origin, model);
  const { epoch } = coalition;
  const answers = new Map<string, (code: string) => void>();
  link.listen({
    onFrame(bytes) {
      const frame = decodeFrame(bytes);
      if (frame.kind === 'error') answers.get(frame.session)?.((unpackJson(frame.payload) as { code: string }).code);
    },
    onClose: () => {},
  });
  const answerTo = (frame: Frame): Promise<string> =>
    new Promise((resolve) => {
      answers.set(frame.session, resolve);
      setTimeout(() => resolve('no answer'), 5_000);
      link.send(encodeFrame(frame));
    });
  const open = (): Frame => {
    const payload = packJson({ driver: self, sampling: GREEDY, grant, loop: LOOP });
    return { ...emptyFrame(epoch, newSessionId()), kind: 'open', dtype: 'json', payload };
  };
  const step = (session = newSessionId(), position = 0): Frame => ({
    ...emptyFrame(epoch, session),
    kind: 'step',
    dtype: 'int32',
    position,
    tokens: 1,
    flags: 2,
    lap: 1,
    width: 1,
    payload: new Uint8Array(4),
  });
  for (let round = 0; round < 10; round++) link.send(crypto.getRandomValues(new Uint8Array(1 + round * 97)));
  const gap = open();
  link.send(encodeFrame(gap));
  const floats = crypto.getRandomValues(new Uint8Array(192 * 4));
  return {
    'unknown session': await answerTo(step()),
    'unknown epoch': await answerTo({ ...step(), epoch: epoch + 1 }),
    'a gap in the positions': await answerTo(step(gap.session, 7)),
    'a hidden state at the entry': await answerTo({
      ...step(),
      kind: 'hidden',
      dtype: 'float32',
      width: 192,
      payload: floats,
    }),
    'no loop': await answerTo({ ...open(), payload: packJson({ driver: self, sampling: GREEDY, grant }) }),
    'another driver': await answerTo({
      ...open(),
      payload: packJson({ driver: coalition.seats[0]!.peer, sampling: GREEDY, grant, loop: LOOP }),
    }),
    'a session that is no JSON': await answerTo({ ...open(), payload: new Uint8Array([1, 2, 3]) }),
  };
};
