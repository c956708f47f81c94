// Why a pool is as it is, in the language that is spoken. Pure.
import type { PoolReason } from '../../protocol/pool-reason.ts';
import { languageTag } from '../text/catalogue.ts';
import { reasonText } from '../text/english/reasons.ts';

/** A sentence for each; '' where the server told none. */
export const tellPool = (why: readonly PoolReason[] = []): string => why.map(tellReason).join(' ');

function tellReason(reason: PoolReason): string {
  switch (reason.kind) {
    case 'no-tab':
      return reasonText.noTab;
    case 'unloaded':
      return reasonText.unloaded;
    case 'planning':
      return reasonText.planning;
    case 'tabs-missing':
      return reasonText.tabsMissing(reason.here, reason.wanted);
    case 'memory-tabs-missing':
      return reasonText.memoryTabsMissing(reason.here, reason.wanted);
    case 'memory-missing':
      return reasonText.memoryMissing((Math.ceil(reason.bytes / 100_000) / 10).toLocaleString(languageTag()));
    case 'loading':
      return reasonText.loading(reason.tabs, reason.layers, reason.ready);
    case 'tried':
      return reasonText.tried(reason.layers);
    case 'serving':
      return reason.rings.length === 1
        ? reasonText.serving(reason.rings[0]!, reason.layers)
        : reasonText.rings(reason.rings, reason.layers);
    case 'loads-split':
      return reasonText.loadsSplit(reason.tabs);
    case 'loads-ring':
      return reasonText.loadsRing(reason.tabs);
    case 'reserve':
      return reasonText.reserve(reason.tabs);
    case 'excluded':
      return reasonText.excluded[reason.why](reason.tabs);
  }
}
