// What an answer waits for, in a sentence. Pure.
import { ERROR_CODES } from '../../protocol/errors.ts';
import type { Notice } from '../../shard-worker/index.ts';
import { tellError } from '../state/tell-error.ts';
import { chatText } from '../text/english/chat.ts';

/** `reopened`: it ran when an earlier page was closed, and goes on. */
export type TurnNotice = Notice | { kind: 'reopened' };

export function noticeLine(notice: TurnNotice): string {
  const { held, reopened, rerouted } = chatText.notices;
  switch (notice.kind) {
    case 'held':
      return held;
    case 'reopened':
      return reopened;
    case 'rerouted': {
      const { code, message } = notice.error;
      return rerouted(tellError({ code, message, next: ERROR_CODES[code].next }).what);
    }
  }
}
