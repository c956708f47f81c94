// How long a PostgreSQL server may take to answer: all that connect to one agree on it.

export const CONNECT_TIMEOUT_MS = 10_000;
