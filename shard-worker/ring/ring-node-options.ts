// What a stage of one epoch is made of.
import type { PoolError } from '../../protocol/errors.ts';
import type { PeerId } from '../../protocol/ids.ts';
import type { LayerExecutor } from '../engine/layer-executor.ts';
import type { Link } from '../links/link.ts';
import type { GrantTerms } from './session-gate.ts';
import type { SessionTable } from './session-table.ts';

export interface RingNodeOptions {
  epoch: number;
  stage: number;
  executor: LayerExecutor;
  /** `local`: whoever has a link may compute; for a driver in the same worker, whose own device it is. */
  grants: 'local' | GrantTerms;
  /** Sessions with caches of this executor, whatever their epoch: their owner frees them. Absent: this node's own. */
  sessions?: SessionTable;
  /** The link to the next stage; none at the exit. */
  next?: Link;
  /** At the exit: the link on which a driver listens for results. */
  linkTo(peer: PeerId): Link | undefined;
  /** At the exit: the link on which the entry listens for those of its loops. */
  entryLink?(): Link | undefined;
  /** A failure of the device itself: the page and the planner must hear of it. */
  onFault?(error: PoolError): void;
  /** Whenever a frame is refused. */
  onRefused?(error: PoolError): void;
  onServed?(work: { tokens: number; computeMs: number; sessions: number }): void;
  now?(): number;
}
