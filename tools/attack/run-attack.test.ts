// The short attack: who asks honestly is answered. How soon is looked at by `npm run test:attack` alone.
import { expect, it } from 'vitest';
import { hasAddress } from '../fuzz/has-address.ts';
import { runAttack } from './run-attack.ts';

const REQUESTS = 20;

it.skipIf(!(await hasAddress('127.0.0.2')))(
  'G4, G5, G8, G11, G12, G16: fifty hostile sockets of one address cost nobody at another one an answer',
  async () => {
    const report = await runAttack({ requests: REQUESTS, calmMs: 1000, attackMs: 6_000, sharedMs: 2000, answerMs: 0 });
    const { attacked, beatsMs, shared, faults, attacker, state } = report;
    expect(faults).toEqual([]);
    expect(attacked.flatMap(({ fault }) => fault ?? [])).toEqual([]);
    expect(attacked).toHaveLength(REQUESTS);
    expect(beatsMs.length).toBeGreaterThan(0);
    expect(shared.unreasoned).toEqual([]);
    expect(attacker.heard['its own words, from the server']).toBeUndefined();
    // It was one: it spoke in many ways, and it was refused. Which ways it comes to in a few seconds is the machine's, and so is
    // how it is refused: for its pace, or for what it says.
    expect(Object.keys(attacker.sent).length).toBeGreaterThan(8);
    const refusals = Object.keys(attacker.heard).filter((how) => /^4\d\d$|^error |^closed 4|429/.test(how));
    expect(refusals).not.toEqual([]);
    const { availableMicros, heldMicros, issuedMicros, openHolds } = state.totals;
    expect([availableMicros, heldMicros, openHolds]).toEqual([issuedMicros, 0, 0]);
    expect(Object.keys(state.jobs).filter((name) => !/ (done|failed)$/.test(name))).toEqual([]);
  },
);
