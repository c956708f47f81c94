// What the server tells the metrics, and what they ask for when they are read. No prometheus here.
import type { stepMsOf } from '../../protocol/job.ts';
import type { Mode } from '../../protocol/route-plan.ts';

export interface JobOutcome {
  pool: string;
  source: 'http' | 'tab' | 'batch';
  state: 'done' | 'failed' | 'cancelled';
  mode?: Mode | undefined;
  /** From submission to the grant. */
  queueMs?: number | undefined;
  /** What the planner had promised, for the error of its prediction. */
  predicted?: { tokensPerSecond: number; timeToFirstTokenMs: number } | undefined;
  /** As the driver told it; see `JobStats`. */
  stats?: {
    route: readonly ({ stage: number; hopMs: number } & Parameters<typeof stepMsOf>[0])[];
    returnHopMs: number;
    lapMs: number;
    laps: number;
    drafted: number;
    accepted: number;
    tokensPerSecond: number;
    timeToFirstTokenMs: number;
  };
  promptTokens?: number | undefined;
  completionTokens?: number | undefined;
}

export interface SettlementOutcome {
  paidMicros: number;
  /** Cells (layer, position) that nobody showed a receipt for. */
  gapCells: number;
  /** Edges where two receipts contradict each other. */
  disputes: number;
}

/** Read when `/metrics` is asked for; each is optional so that a part of the server can be watched alone. */
export interface MetricSources {
  controlPeers?(): number;
  pools?(): readonly { pool: string; state: 'empty' | 'waiting' | 'forming' | 'ready'; peers: number }[];
  /** Serving and forming coalitions. */
  coalitions?(): readonly { pool: string; state: 'forming' | 'ready' | 'broken'; stages: number }[];
  queue?(): { waiting: number; running: number };
  ledger?(): Promise<{ availableMicros: number; heldMicros: number; issuedMicros: number; openHolds: number }>;
}

export interface Metrics {
  httpRequest(request: { method: string; route: string; status: number; ms: number }): void;
  /** A control message, in either direction, by its type. */
  controlMessage(direction: 'in' | 'out', type: string): void;
  /** An error that was answered, whoever caused it. */
  refusal(code: string, where: 'http' | 'control'): void;
  jobEnded(job: JobOutcome): void;
  settled(settlement: SettlementOutcome): void;
  /** The text that Prometheus reads, and its content type. */
  read(): Promise<{ text: string; contentType: string }>;
  /** Stops the collectors. For tests and the end. */
  close(): void;
}
