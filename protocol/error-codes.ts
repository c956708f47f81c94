// Every code that a failure may have, and what each means: to HTTP, to whoever may try again, and to a person.

/**
 * What may be done about a failure. `disappeared`: what worked on it is gone, and another may go on. `busy`: nobody has room
 * now, later somebody may. `failed`: it would fail again. `refused`: whoever asked must change something first.
 */
export type ErrorKind = 'disappeared' | 'busy' | 'failed' | 'refused';

/** What it befell: a retry takes another one of these, and of nothing more. */
export type ErrorSubject =
  | 'session'
  | 'lap'
  | 'link'
  | 'route'
  | 'device'
  | 'backend'
  | 'model'
  | 'identity'
  | 'account'
  | 'request'
  | 'server';

/** What a code means: to HTTP, to whoever may try again, and to a person, who is shown the next step. */
export interface ErrorRow {
  status: number;
  kind: ErrorKind;
  subject: ErrorSubject;
  next: string;
}

/** Every code there is. */
export const ERROR_CODES = {
  'bad-request': { status: 400, kind: 'refused', subject: 'request', next: 'Correct the request and send it again.' },
  'bad-frame': {
    status: 400,
    kind: 'refused',
    subject: 'request',
    next: 'The sender runs another version or is broken: reload its tab.',
  },
  'bad-message': {
    status: 400,
    kind: 'refused',
    subject: 'request',
    next: 'Reload the tab: its version may be older than the server.',
  },
  'version-mismatch': {
    status: 426,
    kind: 'refused',
    subject: 'identity',
    next: 'Reload the page to get the version that the others run.',
  },
  'not-authentic': {
    status: 401,
    kind: 'refused',
    subject: 'identity',
    next: 'Reload the tab to make a new identity.',
  },
  'rate-limited': { status: 429, kind: 'busy', subject: 'server', next: 'Wait a moment, then try again.' },
  'pools-full': {
    status: 429,
    kind: 'refused',
    subject: 'server',
    next: 'Use a pool that is there, or make one tomorrow.',
  },
  'model-not-found': {
    status: 404,
    kind: 'refused',
    subject: 'model',
    next: 'Check the repository name, revision and dtype on the hub, and the pool’s name if it has one.',
  },
  'model-unsupported': {
    status: 422,
    kind: 'refused',
    subject: 'model',
    next: 'Pick a decoder in the onnx-community layout (one with past_key_values inputs).',
  },
  'manifest-mismatch': {
    status: 409,
    kind: 'refused',
    subject: 'model',
    next: 'Clear this site’s data and reload: this tab read another file than the others.',
  },
  'download-failed': {
    status: 502,
    kind: 'failed',
    subject: 'model',
    next: 'Check the connection to the model hub, then try again.',
  },
  'download-truncated': {
    status: 502,
    kind: 'failed',
    subject: 'model',
    next: 'Try again: what was received is kept and the rest is fetched.',
  },
  'integrity-failed': {
    status: 502,
    kind: 'failed',
    subject: 'model',
    next: 'Try again to fetch the file anew; if it persists, the mirror is bad.',
  },
  'out-of-memory': {
    status: 507,
    kind: 'failed',
    subject: 'device',
    next: 'Close other tabs or lower what this tab lends, then try again.',
  },
  'device-lost': {
    status: 503,
    kind: 'disappeared',
    subject: 'device',
    next: 'Try again to start the GPU anew; if it persists, use the WASM backend.',
  },
  'backend-unavailable': {
    status: 503,
    kind: 'failed',
    subject: 'backend',
    next: 'Use a browser with WebGPU, or join with the WASM backend.',
  },
  'stage-failed': {
    status: 502,
    kind: 'failed',
    subject: 'route',
    next: 'Ask again: the platform plans around the stage that failed.',
  },
  'context-exceeded': {
    status: 400,
    kind: 'refused',
    subject: 'request',
    next: 'Shorten the conversation or start a new one.',
  },
  'prompt-empty': { status: 400, kind: 'refused', subject: 'request', next: 'Write a message first.' },
  'session-unknown': {
    status: 409,
    kind: 'disappeared',
    subject: 'session',
    next: 'Ask again: the stage no longer holds this conversation.',
  },
  'epoch-stale': {
    status: 409,
    kind: 'disappeared',
    subject: 'route',
    next: 'Nothing to do: the coalition changed and the answer is asked for anew.',
  },
  'position-mismatch': {
    status: 409,
    kind: 'disappeared',
    subject: 'session',
    next: 'Ask again: the conversation is replayed from its start.',
  },
  'kv-missing': {
    status: 409,
    kind: 'disappeared',
    subject: 'session',
    next: 'Ask again: the conversation is replayed from its start.',
  },
  'sessions-full': {
    status: 503,
    kind: 'busy',
    subject: 'route',
    next: 'Wait until another conversation ends, then ask again.',
  },
  'no-stages': {
    status: 503,
    kind: 'busy',
    subject: 'route',
    next: 'Open /join in a tab to lend a GPU, then ask again.',
  },
  'stage-left': {
    status: 503,
    kind: 'disappeared',
    subject: 'route',
    next: 'Wait until the remaining tabs have taken over its layers, then ask again.',
  },
  'link-failed': {
    status: 504,
    kind: 'disappeared',
    subject: 'link',
    next: 'Check that both tabs can reach each other (firewall, VPN), then reload.',
  },
  'lap-timeout': {
    status: 504,
    kind: 'disappeared',
    subject: 'lap',
    next: 'Ask again: a stage did not answer in time.',
  },
  'not-logged-in': {
    status: 401,
    kind: 'refused',
    subject: 'account',
    next: 'Log in under Account; a program sends an API key to /v1 as "Authorization: Bearer …".',
  },
  'login-required': {
    status: 403,
    kind: 'refused',
    subject: 'account',
    next: 'Log in under Account for this; a program reads what it has used at /v1/computepool/usage.',
  },
  'login-again': {
    status: 401,
    kind: 'refused',
    subject: 'account',
    next: 'Write the account’s password once more: POST /api/account/login/again.',
  },
  'host-refused': {
    status: 421,
    kind: 'refused',
    subject: 'server',
    next: 'Ask by another name or address; whoever runs this server may list the name: --allowed-hosts.',
  },
  banned: {
    status: 403,
    kind: 'refused',
    subject: 'identity',
    next: 'Ask whoever runs this server.',
  },
  'invite-required': {
    status: 403,
    kind: 'refused',
    subject: 'account',
    next: 'Ask whoever runs this server for an invite code, and write it with the name and the password.',
  },
  'registration-closed': {
    status: 403,
    kind: 'refused',
    subject: 'account',
    next: 'Log in with an account that is there, or ask whoever runs this server.',
  },
  forbidden: { status: 403, kind: 'refused', subject: 'account', next: 'Use the account that owns it.' },
  'not-found': { status: 404, kind: 'refused', subject: 'request', next: 'Check the address or the id.' },
  conflict: { status: 409, kind: 'refused', subject: 'request', next: 'Read the present state and try again.' },
  'key-reused': {
    status: 409,
    kind: 'refused',
    subject: 'request',
    next: 'Send the request as it was, or take another Idempotency-Key for a new one.',
  },
  'answer-gone': {
    status: 410,
    kind: 'refused',
    subject: 'request',
    next: 'Take another Idempotency-Key, and no Last-Event-ID, to have it computed once more; that is billed.',
  },
  'too-large': { status: 413, kind: 'refused', subject: 'request', next: 'Send less at once.' },
  'unsupported-media': {
    status: 415,
    kind: 'refused',
    subject: 'request',
    next: 'Send the body as its route is documented (most take application/json), without Content-Encoding.',
  },
  'unsupported-parameter': { status: 400, kind: 'refused', subject: 'request', next: 'Leave this parameter out.' },
  'insufficient-credits': {
    status: 402,
    kind: 'refused',
    subject: 'account',
    next: 'Lend a GPU at /join to earn credits, or ask for a shorter answer (max_tokens).',
  },
  'payment-required': {
    status: 402,
    kind: 'refused',
    subject: 'request',
    next: 'Pay what the header PAYMENT-REQUIRED asks for (x402), or open a session: POST /v1/computepool/sessions.',
  },
  'payment-rejected': {
    status: 402,
    kind: 'refused',
    subject: 'request',
    next: 'Ask again without a payment, and sign what the new offer says.',
  },
  'quote-expired': {
    status: 402,
    kind: 'refused',
    subject: 'request',
    next: 'Ask again without a payment for a new offer; nothing was taken.',
  },
  'deposit-spent': {
    status: 402,
    kind: 'refused',
    subject: 'account',
    next: 'Open another session, or ask for a shorter answer (max_tokens).',
  },
  'chain-unreachable': {
    status: 503,
    kind: 'busy',
    subject: 'server',
    next: 'Try again in a few seconds; what was paid is not lost.',
  },
  'key-shared': {
    status: 503,
    kind: 'busy',
    subject: 'server',
    next: 'Whoever runs this server ends the other one that uses its key, then starts this one again; what was paid is not lost.',
  },
  'ticket-refused': {
    status: 403,
    kind: 'refused',
    subject: 'link',
    next: 'Reload the tab: it joins again and gets a ticket of its own.',
  },
  'grant-refused': {
    status: 403,
    kind: 'refused',
    subject: 'request',
    next: 'Ask again: every answer needs a grant of its own from the server.',
  },
  'payout-required': {
    status: 403,
    kind: 'refused',
    subject: 'account',
    next: 'Write the address that USDC is to be paid to at /join, then join again.',
  },
  'queue-full': {
    status: 503,
    kind: 'busy',
    subject: 'server',
    next: 'Wait a moment, then ask again; or send it as a batch.',
  },
  'shutting-down': {
    status: 503,
    kind: 'busy',
    subject: 'server',
    next: 'The server restarts: ask again in a few seconds.',
  },
  unavailable: {
    status: 503,
    kind: 'busy',
    subject: 'server',
    next: 'The server waits for its database: try again in a few seconds.',
  },
  cancelled: { status: 499, kind: 'failed', subject: 'request', next: 'Nothing to do.' },
  internal: {
    status: 500,
    kind: 'failed',
    subject: 'server',
    next: 'Reload the page; if it happens again, please report it.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERROR_CODES;
