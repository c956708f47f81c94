// The server's words for markets, as functions: with the login of this browser, or of whoever runs the server.

import { type LogRow, logSchema } from '../pay/shapes.ts';
import { callApi } from '../state/call-api.ts';
import {
  type Earning,
  earningsSchema,
  type Market,
  marketsSchema,
  operatorSchema,
  receiptsSchema,
  type ServedSession,
  servedSchema,
} from './shapes.ts';

const V1 = '/v1/computepool';

/** None where this server has no chain. */
export const readMarkets = async (signal?: AbortSignal): Promise<Market[]> =>
  (await callApi(`${V1}/markets`, marketsSchema, { signal })).data;

export const readServed = async (signal?: AbortSignal): Promise<ServedSession[]> =>
  (await callApi(`${V1}/sessions`, servedSchema, { signal })).data;

export const readEarnings = async (signal?: AbortSignal): Promise<Earning[]> =>
  (await callApi(`${V1}/markets/earnings`, earningsSchema, { signal })).data;

export const readOperator = (signal?: AbortSignal) => callApi(`${V1}/markets/operator`, operatorSchema, { signal });

export const readServedLog = async (id: string): Promise<LogRow[]> =>
  (await callApi(`${V1}/sessions/${id}/log`, logSchema)).data;

/** Those of one's own tabs, each with the key to check it with. */
export const readReceipts = async (id: string): Promise<unknown[]> =>
  (await callApi(`${V1}/sessions/${id}/receipts`, receiptsSchema)).data;
