// What one answer needs of the driver of its worker: `DriverHost` has it, and so has a test.
import type { Identity } from '../../protocol/identity.ts';
import type { RoutePlan } from '../../protocol/route-plan.ts';
import type { IdleConversations } from '../driver/idle-conversations.ts';
import type { InterruptedJobs } from '../driver/interrupted-jobs.ts';
import type { JobGrant } from '../driver/job-grant.ts';
import type { RingClient } from '../driver/ring-client.ts';
import type { Speculation } from '../driver/speculation.ts';
import type { DriverFormat } from './read-format.ts';
import type { RingTable } from './ring-table.ts';
import type { TellPage } from './worker-api.ts';

export interface DriverTools {
  readonly options: { identity(): Identity; tell: TellPage };
  readonly rings: RingTable<RingClient>;
  /** Somebody is answered over this epoch: it is no trial. */
  serve(epoch: number): void;
  /** Conversations of finished server jobs. */
  readonly idle: IdleConversations;
  /** Those of server jobs that lost their ring. */
  readonly interrupted: InterruptedJobs;
  /** Rejects with what reading the tokenizer failed with. */
  format(): Promise<DriverFormat>;
  /** Rejects with `grant-refused`. */
  grantOf(grant: string): Promise<JobGrant>;
  /** Undefined for `none`. */
  speculate(kind: RoutePlan['drafter']): Speculation | undefined;
}
