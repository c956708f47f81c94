// What one answer needs of the driver of its worker: `DriverHost` has it, and so has a test.
import type { Identity } from '../../protocol/identity.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { ConversationShelf } from '../driver/conversation-shelf.ts';
import type { JobLeave } from '../driver/job-leave.ts';
import type { Speculation } from '../driver/speculation.ts';
import type { DriverFormat } from './read-format.ts';
import type { RingTable } from './ring-table.ts';
import type { TellPage } from './worker-api.ts';

export interface DriverTools {
  readonly options: { identity(): Identity; tell: TellPage };
  readonly rings: RingTable;
  /** Conversations of finished server jobs. */
  readonly shelf: ConversationShelf;
  /** Rejects with what reading the tokenizer failed with. */
  format(): Promise<DriverFormat>;
  /** Rejects with `grant-refused`. */
  leaveOf(grant: string): Promise<JobLeave>;
  /** Undefined for `none`. */
  speculate(kind: RoutePlan['drafter']): Speculation | undefined;
}
