// Every option once: its flag, how its text is read, what it is by default and what --help says. The names in the
// environment and in the file are made from the flag's.
import { MICROS_PER_CREDIT } from '../../protocol/credits.ts';
import { CHAIN_KEYS, CODEC_POLICIES, DTYPES, REPO_PATTERN, REVISION_PATTERN } from '../../protocol/names.ts';
import { DEFAULTS } from './defaults.ts';
import * as read from './parse-value.ts';

export interface Option<T> {
  parse(text: string): T | Promise<T>;
  /** Where nothing is set; undefined has none. */
  initial?: T;
  /** After the flag in --help; '' is a flag without a value. */
  hint: string;
  help: string;
  /** Another name in the environment, for what other programs read too. */
  env?: string;
  /** The flag's name before it was renamed: still read everywhere, shown nowhere. */
  formerly?: string;
  /** Neither an error nor a log shows what is set. */
  isSecret?: boolean;
}

const option = <T>(parse: Option<T>['parse'], entry: Omit<Option<T>, 'parse'>): Option<T> => ({ parse, ...entry });

/** In the order of --help. */
export const OPTIONS = {
  port: option(read.wholeNumber(0, 65_535), {
    initial: 3000,
    hint: '<number>',
    help: 'default 3000; 0 takes a free one',
  }),
  host: option(read.anyText, {
    initial: DEFAULTS.host,
    hint: '<address>',
    help: `default ${DEFAULTS.host}; 0.0.0.0 opens it to the network`,
  }),
  tls: option(read.yesOrNo, {
    initial: false,
    hint: '',
    help: 'https with a certificate of its own, kept in the data folder; opens it to the network, but for --host',
  }),
  model: option(read.matching(REPO_PATTERN, 'owner/name, as on the hub'), {
    initial: DEFAULTS.model.repo,
    hint: '<owner/name>',
    help: `the pool that pages show first, default ${DEFAULTS.model.repo}`,
  }),
  revision: option(read.matching(REVISION_PATTERN, 'a branch, tag or commit'), {
    initial: DEFAULTS.model.revision,
    hint: '<name>',
    help: `default ${DEFAULTS.model.revision}`,
  }),
  dtype: option(read.oneOf(...DTYPES), {
    initial: DEFAULTS.model.dtype,
    hint: '<name>',
    help: `one of ${DTYPES.join(', ')}; default ${DEFAULTS.model.dtype}`,
  }),
  hub: option(read.hubAddress, {
    initial: DEFAULTS.hubUrl,
    hint: '<url>',
    help: `where other models come from, default ${DEFAULTS.hubUrl}`,
  }),
  stages: option(read.stageCount, {
    hint: '<number|all>',
    help: 'wait for so many tabs and split over them, or over all that are there; default: the fewest that hold the model',
  }),
  codec: option(read.oneOf(...CODEC_POLICIES), {
    initial: DEFAULTS.codec,
    hint: '<name>',
    help: 'hidden states between tabs: exact (default), f16, int8, or auto by each link; but for exact, answers change a little',
  }),
  'ice-servers': option(async (text) => (await import('./parse-json-value.ts')).parseIceServers(text), {
    initial: [],
    hint: '<json>',
    env: 'ICE_SERVERS',
    isSecret: true,
    help: `RTCIceServer list, e.g. '[{"urls":"stun:stun.example.org"}]'; or set ICE_SERVERS`,
  }),
  site: option(read.anyText, { initial: 'out', hint: '<folder>', help: 'the built site, default out' }),
  models: option(read.anyText, {
    initial: 'public/models',
    hint: '<folder>',
    help: 'models that the site serves itself, default public/models',
  }),
  'no-site': option(read.yesOrNo, { initial: false, hint: '', help: 'serve everything but the pages' }),
  'database-url': option(read.postgresUrl, {
    hint: '<url>',
    env: 'DATABASE_URL',
    isSecret: true,
    help: 'a PostgreSQL server, postgres://…; or set DATABASE_URL; default: embedded, see --data-dir',
  }),
  'data-dir': option(read.anyText, {
    initial: '.data',
    hint: '<folder>',
    help: 'where the embedded database and keys are kept, default .data',
  }),
  'seal-key-file': option(read.anyText, {
    hint: '<file>',
    help: 'the key that seals secrets in the database, 32 bytes in base64; default: seal.key in the data folder, made if need be',
  }),
  'seal-key': option(read.sealKey, {
    hint: '<secret>',
    isSecret: true,
    help: 'that key itself; rather in the environment, where other users do not see it',
  }),
  'old-seal-key-file': option(read.anyText, {
    hint: '<file>',
    help: 'the key before: what it sealed is sealed anew at the start',
  }),
  'old-seal-key': option(read.sealKey, { hint: '<secret>', isSecret: true, help: 'that key itself' }),
  restore: option(read.anyText, {
    hint: '<file>',
    help: 'a backup that was made at /admin: becomes the data in --data-dir, which must be empty',
  }),
  'new-owner-token': option(read.yesOrNo, {
    initial: false,
    hint: '',
    help: 'make the token of /admin anew and print it; the one before opens nothing any more',
  }),
  wait: option(read.yesOrNo, {
    initial: false,
    hint: '',
    help: 'where another server works with the database: wait until it ends and take over, instead of ending',
  }),
  'welcome-credits': option(read.creditsInMicros, {
    initial: DEFAULTS.welcomeCredits * MICROS_PER_CREDIT,
    formerly: 'grant',
    hint: '<credits>',
    help: `given once to who joins, default ${DEFAULTS.welcomeCredits}`,
  }),
  'welcomes-per-address-per-day': option(read.wholeNumber(0, 1_000_000), {
    initial: DEFAULTS.welcomesPerAddressPerDay,
    formerly: 'grants-per-address-per-day',
    hint: '<number>',
    help: `new accounts of one network address that are given them, default ${DEFAULTS.welcomesPerAddressPerDay}`,
  }),
  'max-queue': option(read.wholeNumber(0, 100_000), {
    initial: DEFAULTS.maxQueue,
    hint: '<number>',
    help: `requests that wait before more are refused, default ${DEFAULTS.maxQueue}`,
  }),
  'max-queue-per-account': option(read.wholeNumber(0, 100_000), {
    initial: DEFAULTS.maxQueuePerAccount,
    hint: '<number>',
    help: `of them, of one account, default ${DEFAULTS.maxQueuePerAccount}`,
  }),
  'cors-origins': option(read.origins, {
    initial: DEFAULTS.corsOrigins,
    hint: '<list>',
    help: 'origins whose pages may call /v1 and read public data, commas between; default * (any, without cookies)',
  }),
  'embed-origins': option(read.framers, {
    initial: [],
    hint: '<list>',
    help: 'origins whose pages may show chats of this server’s own pools in a frame, commas between, or *; default none',
  }),
  'allowed-hosts': option(read.hostNames, {
    initial: [],
    hint: '<list>',
    help: 'further names that this server is asked by, commas between; loopback, IP addresses and --public-url always count',
  }),
  'rate-per-minute': option(read.wholeNumber(1, 1_000_000), {
    initial: DEFAULTS.ratePerMinute,
    hint: '<number>',
    help: `HTTP requests of one account or address, default ${DEFAULTS.ratePerMinute}`,
  }),
  'log-level': option(read.oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'), {
    initial: DEFAULTS.logLevel,
    hint: '<level>',
    help: 'trace, debug, info, warn, error, fatal or silent; default info',
  }),
  'public-url': option(read.publicAddress, {
    hint: '<url>',
    help: 'the address that people use, where it is another one (a proxy in front, a container’s port)',
  }),
  'trusted-proxies': option(read.wholeNumber(0, 10), {
    initial: DEFAULTS.trustedProxies,
    hint: '<number>',
    help: `proxies in front whose X-Forwarded-For is believed, default ${DEFAULTS.trustedProxies}`,
  }),
  metrics: option(read.oneOf('loopback', 'token', 'off'), {
    initial: DEFAULTS.metrics,
    hint: '<who>',
    help: 'who reads /metrics: loopback (this machine, default), token or off',
  }),
  'metrics-token': option(read.secretToken, {
    hint: '<secret>',
    isSecret: true,
    help: 'for --metrics token: asked for as a bearer token, 16 characters or more',
  }),
  'allow-local-webhooks': option(read.yesOrNo, {
    initial: DEFAULTS.allowLocalWebhooks,
    hint: '',
    help: 'let web hooks go to this machine and to private networks; for development',
  }),
  chain: option(read.oneOf(...CHAIN_KEYS), {
    hint: '<name>',
    help: `where market pools are paid: ${CHAIN_KEYS.join(', ')}; local brings a chain of its own`,
  }),
  'chain-url': option(read.nodeAddress, {
    hint: '<url>',
    isSecret: true,
    help: 'a node of that chain, or several, with commas between them; default: a public one, slow',
  }),
  deployment: option(read.anyText, { hint: '<file>', help: 'what npm run deploy wrote down' }),
  'chain-key-file': option(read.anyText, {
    hint: '<file>',
    help: 'the key of the orchestrator’s own account there, which holds gas money only; mode 600',
  }),
  'take-over': option(read.yesOrNo, {
    initial: false,
    hint: '',
    help: 'end the paid sessions that a lost database of this key has left, and give back what is left of them',
  }),
  'market-price': option(read.dollarsPerMillion, {
    initial: DEFAULTS.marketPricePico,
    hint: '<USDC>',
    help: 'what market pools ask for a million tokens of an answer, default 0.20; prompts cost a quarter',
  }),
  prices: option(async (text) => (await import('./parse-json-value.ts')).parsePrices(text), {
    initial: {},
    hint: '<json>',
    help: `per token and model, e.g. '{"owner/name":{"promptMicros":1,"completionMicros":2}}'`,
  }),
} as const;

export type OptionName = keyof typeof OPTIONS;
type Parsed<O> = O extends Option<infer T> ? T : never;
/** What the options were read to; undefined where nothing is set and there is no default. */
export type OptionValues = { [N in OptionName]?: Parsed<(typeof OPTIONS)[N]> };

/** Names in the environment begin with it, so that a mistyped one is found. */
export const ENV_PREFIX = 'COMPUTEPOOL_';

/** Under which names an option is read, by its flag: its own first, then the one it had. */
export function namesOf(name: OptionName): string[] {
  const { formerly } = OPTIONS[name] as Option<unknown>;
  return formerly === undefined ? [name] : [name, formerly];
}

/** The environment's names of an option, in the order of `namesOf`. */
export const envNamesOf = (name: OptionName): string[] =>
  namesOf(name).map((flag) => (OPTIONS[name] as Option<unknown>).env ?? inEnvironment(flag));

const inEnvironment = (flag: string): string => `${ENV_PREFIX}${flag.toUpperCase().replaceAll('-', '_')}`;
