// The configuration as the rest of the server sees it: checked, with units in the names. No reading, no defaults.
import type { LevelWithSilent } from 'pino';
import type { CodecPolicy } from '../../protocol/codec.ts';
import type { Price } from '../../protocol/credits.ts';
import type { EmbedOrigins } from '../../protocol/embed.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import type { CHAIN_KEYS } from '../../protocol/names.ts';

export interface IceServerConfig {
  urls: string | string[];
  username?: string | undefined;
  credential?: string | undefined;
}

/** Where everything is kept. */
export type DatabaseLocation =
  /** `postgres://…` of a PostgreSQL server, 13 or newer. */
  | { url: string }
  /** A folder, made if need be, for the embedded one. */
  | { dataDir: string }
  /** Forgets everything at `close`: for tests. */
  | { memory: true };

/** Who may read `/metrics`: processes of this machine, holders of a token, or nobody. */
export type MetricsAccess = { kind: 'loopback' } | { kind: 'token'; token: string } | { kind: 'off' };

/** The key that seals secrets in the database, as text or in a file, and the one before it. Nothing: one beside the data. */
export interface SealKeyConfig {
  key?: string | undefined;
  file?: string | undefined;
  oldKey?: string | undefined;
  oldFile?: string | undefined;
}

/** Where market pools are paid. */
export interface ChainConfig {
  key: (typeof CHAIN_KEYS)[number];
  /** A node of the chain; undefined: the public one. */
  url?: string | undefined;
  /** What was deployed, as `npm run deploy` wrote it down. */
  deploymentFile: string;
  /** The orchestrator's own key. */
  keyFile: string;
  /** Paid sessions that a database which was lost has left are ended. */
  takesOver?: boolean;
}

export interface ServerConfig {
  /** 0 takes a free one. */
  port: number;
  host: string;
  model: ModelRef;
  /** Without a slash at the end. A path is one of this site. */
  hubUrl: string;
  /** So many tabs, `all` that are there, or (absent) the fewest that hold the model. */
  stages?: number | 'all';
  /** How hidden states travel where a request does not say. */
  codec: CodecPolicy;
  iceServers: IceServerConfig[];
  siteDir?: string;
  modelsDir: string;
  database: DatabaseLocation;
  sealKey?: SealKeyConfig;
  /** The owner's token is made anew; the one before, and its logins, count no more. */
  newOwnerToken?: boolean;
  /** A backup that becomes the data of an empty folder before anything else. */
  restoreFile?: string;
  /** Another server that works with the database is waited for, and followed. */
  wait?: boolean;
  /** Given once to who joins, in millionths of a credit. */
  welcomeMicros: number;
  welcomesPerAddressPerDay: number;
  /** Jobs that wait, over all pools, before `queue-full`. */
  maxQueue: number;
  maxQueuePerAccount: number;
  /** Origins whose pages may call `/v1` and read public data; `*` is any. Never with cookies. */
  corsOrigins: '*' | string[];
  /** Origins whose pages may show the chat of the configured pool in a frame. */
  embedOrigins: EmbedOrigins;
  /** Names that requests may ask for (their `Host`) beside loopback names, IP addresses and the public address. */
  allowedHosts: string[];
  /** HTTP requests of one account, or of one address without an account. */
  ratePerMinute: number;
  logLevel: LevelWithSilent;
  /** Serves https with a certificate of its own, kept in a folder of this one. */
  tls?: { dataDir: string };
  /** As people reach it, behind a proxy for example; without a slash at the end. */
  publicUrl?: string;
  metrics: MetricsAccess;
  /** Proxies in front whose X-Forwarded-For is believed; 0 believes nobody. */
  trustedProxies: number;
  /** Lets web hooks go to this machine and to private networks: for tests and development. */
  allowLocalWebhooks: boolean;
  /** By repository; other models get the price that the server computes. */
  prices: Record<string, Price>;
  /** Absent: no pool is paid for with money. */
  chain?: ChainConfig;
  /** Pico-dollars for a token of an answer, in market pools of the deployment. */
  marketPricePico: number;
}
