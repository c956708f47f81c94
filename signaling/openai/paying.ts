// The door between HTTP and paid sessions: loaded only where a chain is configured, because x402 and a chain's client come along.
import type { Authenticate } from '../http/api-types.ts';
import type { Payments } from '../payments/payments.ts';
import { sessionCaller } from '../payments/session-caller.ts';
import { createMarketRoutes, type MarketRouteOptions } from './market-routes.ts';
import { paidAgain, payForAnswer } from './pay-for-answer.ts';
import { createSessionRoutes, type SessionRouteOptions } from './session-routes.ts';

export interface Paying {
  /** Undefined for what is no session's key. */
  callerOf(key: string): ReturnType<Authenticate> | undefined;
  payForAnswer: OmitFirst<typeof payForAnswer>;
  paidAgain: OmitFirst<typeof paidAgain>;
  routes(options: Omit<SessionRouteOptions & MarketRouteOptions, 'payments'>): ReturnType<typeof createSessionRoutes>[];
}

type OmitFirst<Call> = Call extends (first: never, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

export const createPaying = (payments: Payments): Paying => ({
  callerOf: sessionCaller(payments),
  payForAnswer: (...asked) => payForAnswer(payments, ...asked),
  paidAgain: (c) => paidAgain(payments, c),
  routes: (options) => [createSessionRoutes({ ...options, payments }), createMarketRoutes({ ...options, payments })],
});
