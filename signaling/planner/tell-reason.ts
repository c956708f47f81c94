// Why a pool is as it is, in an English sentence for programs; pages tell the same in their own languages. Pure.
import type { Exclusion, PoolReason } from '../../protocol/pool-reason.ts';
import { moreNeeded, someOf, tabs } from './words.ts';

const EXCLUDED: Record<Exclusion, string> = {
  failed: 'failed',
  stalled: 'stopped loading',
  unreachable: 'cannot be reached by its neighbours',
  silent: 'answers nobody',
  unshown: 'did not show what it says',
  unsteady: 'left its seat or failed in it again and again',
};

/** A verb that takes an s: `1, 'serve'` -> `1 tab serves`. */
const tabsDo = (count: number, verb: string): string => `${tabs(count)} ${count === 1 ? `${verb}s` : verb}`;

const megabytes = (bytes: number): string => `${(Math.ceil(bytes / 100_000) / 10).toLocaleString('en')} MB`;

export function tellReason(reason: PoolReason): string {
  switch (reason.kind) {
    case 'no-tab':
      return 'Waits for a tab to join.';
    case 'unloaded':
      return 'The pool is unloaded: whoever made it can load it again.';
    case 'planning':
      return 'The server is giving the tabs their layers.';
    case 'tabs-missing':
      return `${someOf(reason.here, reason.wanted, 'is', 'are')} here; ${moreNeeded(reason.wanted - reason.here)}.`;
    case 'memory-tabs-missing':
      return `${someOf(reason.here, reason.wanted, 'lends', 'lend')} enough memory; ${moreNeeded(reason.wanted - reason.here)}.`;
    case 'memory-missing':
      return `Waits for more memory: ${megabytes(reason.bytes)} more would hold the model.`;
    case 'loading':
      return `${tabsDo(reason.tabs, 'load')} ${reason.layers} layers: ${reason.ready} of ${reason.tabs} ready.`;
    case 'tried':
      return `All ${reason.layers} layers are there; a short answer tries them.`;
    case 'serving':
      return tellServing(reason);
    case 'loads-split':
      return `${tabsDo(reason.tabs, 'load')} the next split meanwhile.`;
    case 'loads-ring':
      return `${tabsDo(reason.tabs, 'load')} another ring meanwhile.`;
    case 'reserve':
      return `${tabs(reason.tabs)} in reserve.`;
    case 'excluded':
      return `${tabs(reason.tabs)} ${EXCLUDED[reason.why]}.`;
  }
}

function tellServing({ rings, layers }: PoolReason & { kind: 'serving' }): string {
  const [first = 0] = rings;
  if (rings.length === 1) return `${tabsDo(first, 'serve')} ${layers} layers.`;
  return `${rings.length} rings, of ${rings.join(' and ')} tabs, serve ${layers} layers side by side.`;
}
