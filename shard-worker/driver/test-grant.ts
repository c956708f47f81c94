// A grant for a test's driver, and stages that ask for it. Used by tests only.
import { type Grant, sealGrant } from '../../protocol/grant.ts';
import type { JobId, PeerId } from '../../protocol/ids.ts';
import { inSeconds, newOrchestrator } from '../../protocol/test-orchestrator.ts';
import { MeterRegistry } from '../ring/meter-registry.ts';
import type { GrantTerms } from '../ring/session-gate.ts';
import { JobGrant } from './job-grant.ts';
import { PROMPT, peer } from './test-ring.ts';

export const POOL = 'computepool/guide-4m@main:q4';
export const JOB = 'a'.repeat(32) as JobId;

export function testGrants(driver: PeerId) {
  const { publicKey, sign } = newOrchestrator();
  const registries = [0, 1, 2].map(() => new MeterRegistry());
  const seal = (fields: Partial<Grant> = {}): string => {
    const most = { sessions: 1, maxPosition: 4096, promptTokens: PROMPT.length };
    const claims = { job: JOB, nonce: 'b'.repeat(32), pool: POOL, driver, ...most, own: [] };
    return sealGrant({ ...claims, expires: inSeconds(600), ...fields }, sign);
  };
  return {
    publicKey,
    registries,
    seal,
    read: (grant = seal()) => JobGrant.read(grant, { publicKey, driver, pool: POOL }),
    grants: (stage: number): GrantTerms => ({
      trust: { orchestratorKey: () => publicKey },
      pool: POOL,
      self: peer(stage),
      meters: registries[stage]!,
    }),
  };
}
