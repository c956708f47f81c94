// What the attacker's parts share.
import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolId } from '../../protocol/ids.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import type { Persona } from '../fuzz/persona.ts';

export interface AttackOptions {
  url: string;
  /** Where all of it comes from. */
  address: string;
  /** The honest pool. */
  pool: PoolId;
  manifest: ModelManifest;
}

export interface AttackScene extends AttackOptions {
  persona: Persona;
  /** A pool of the attacker's own. */
  ownPool: PoolId;
  /** Counts. */
  sent(kind: string): void;
  heard(kind: string): void;
  isOver(): boolean;
}

const PAUSE_MS = 200;

/** Does it again and again, whatever becomes of it. */
export async function again({ isOver, heard }: AttackScene, act: () => Promise<void>): Promise<void> {
  while (!isOver()) {
    await act().catch((error: Error & { code?: string }) => heard(`failed ${error.code ?? error.name}`));
    await sleep(PAUSE_MS * Math.random());
  }
}
