// One lane of HTTP: operations from the server's own document, with parameters and bodies at their edges, from somebody with an
// account. Judges each answer by itself.
import { setTimeout as sleep } from 'node:timers/promises';
import { ERROR_CODES } from '../../protocol/errors.ts';
import type { SeededRandom } from '../../protocol/test-random.ts';
import { hostileBody } from '../../signaling/control/test-hostile.ts';
import { askHttp, type HttpAnswer, type HttpQuestion } from './ask-http.ts';
import type { Deck } from './deck.ts';
import { INSIDES } from './findings.ts';
import { EVIL_TEXTS, hostileValue, type JsonSchema, type ValueSource, validValue } from './hostile-values.ts';
import { type LaneOptions, TEXT_LIMIT } from './lane-options.ts';
import type { People, Persona } from './persona.ts';
import type { Operation, Operations } from './read-operations.ts';
import { writeJson } from './write-json.ts';

/** What makes jobs is asked for more than the rest. */
const ANSWERING = /completions$/;
/** A request that waits is hung up on: what becomes of it is the server's business. */
const PATIENCE_MS = 3000;
/** Below it somebody ends its own login, its keys or its password. */
const ACCOUNT = '/api/account';

export interface HttpScene {
  operations: Operations;
  /** All lanes draw from it. */
  deck: Deck<Operation>;
  people: People;
}

export async function fuzzHttp(lane: LaneOptions, { operations, deck, people }: HttpScene): Promise<void> {
  const { random, url, findings, known, address, name } = lane;
  const source: ValueSource = { random, known: known.of, root: operations.document, maxText: TEXT_LIMIT + 1000 };
  const answering = operations.list.filter(({ path }) => ANSWERING.test(path));
  while (await lane.mayGoOn()) {
    const operation = random.next() < 0.4 ? random.pick(answering) : deck.draw(random);
    const persona = people.get(operation.path.startsWith(ACCOUNT), random.whole(0, 1));
    const shown = showCredentials(operation, persona, random);
    const localAddress = address();
    const question = { ...(await makeQuestion(operation, source, url, shown.headers)), localAddress };
    const kind = `${operation.method} ${operation.path}`;
    findings.countSent(name, kind, `${question.url} ${JSON.stringify(shown.headers)} ${String(question.body ?? '')}`);
    const patienceMs = random.next() < 0.2 ? random.whole(1, 500) : PATIENCE_MS;
    const answer = await askHttp({ ...question, signal: AbortSignal.timeout(patienceMs) }).catch(
      (error: Error) => error,
    );
    if (answer instanceof Error) {
      findings.countHeard(answer.name === 'AbortError' ? 'hung up' : `broken ${(answer as { code?: string }).code}`);
      continue;
    }
    findings.countHeard(`${answer.status}`);
    const fault = judge(answer);
    if (fault) findings.fault(name, `${kind} answered ${answer.status}: ${fault}: ${answer.text.slice(0, 500)}`);
    learn(lane, operation, answer);
    const isSpent = shown.isGood && (answer.status === 401 || answer.text.includes('insufficient_quota'));
    if (isSpent) await people.replace(persona);
    if (random.next() < 0.05) await sleep(random.whole(1, 50));
  }
}

/** What is wrong with an answer, whatever was asked. 431 and a bare 400 are Node's own, before the request is ours. */
export function judge({ status, text, headers }: HttpAnswer): string | undefined {
  if (INSIDES.test(text)) return 'it shows the inside of the server';
  if (status === 500) return 'nobody foresaw it';
  if (/"code":\s*"internal(_error)?"/.test(text)) return 'nobody foresaw it';
  const isJson = String(headers['content-type']).startsWith('application/json');
  if (status < 400 || (status < 500 && !isJson)) return undefined;
  const error = readError(text);
  if (!error || typeof error.message !== 'string' || error.message.length < 5) return 'it is no typed error';
  if ('next' in error && !Object.hasOwn(ERROR_CODES, String(error.code))) return 'its code is in no table';
  return undefined;
}

function readError(text: string): Record<string, unknown> | undefined {
  try {
    return (JSON.parse(text) as { error?: Record<string, unknown> }).error;
  } catch {
    return undefined;
  }
}

/** Mostly what the route wants; also another's, none, or a word that nobody was given. */
function showCredentials({ path }: Operation, persona: Persona, random: SeededRandom) {
  const isProgram = path.startsWith('/v1');
  const right = isProgram ? persona.asProgram : persona.asPage;
  const kind = random.next();
  if (kind < 0.85) return { headers: right, isGood: true };
  const json = { 'content-type': 'application/json' };
  const other: Record<string, string>[] = [
    isProgram ? persona.asPage : persona.asProgram,
    json,
    { ...json, authorization: `Bearer cp-${'x'.repeat(random.pick([1, 40, 4000]))}` },
    { ...json, cookie: `cp_session=${'%'.repeat(100)}; __proto__=1` },
    { ...right, 'content-type': random.pick(['text/plain', 'application/json; charset=utf-7', 'multipart/form-data']) },
    { ...right, 'content-encoding': 'gzip' },
    { ...right, origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' },
  ];
  return { headers: random.pick(other), isGood: false };
}

async function makeQuestion(
  { method, path, parameters, bodies }: Operation,
  source: ValueSource,
  url: string,
  headers: Record<string, string>,
): Promise<HttpQuestion> {
  const { random } = source;
  const make = (schema: JsonSchema, field: string): string => {
    if (random.next() < 0.25) return percent(random.pick(EVIL_TEXTS));
    const value = random.next() < 0.7 ? validValue(schema, source, field) : hostileValue(schema, source, field);
    return percent(typeof value === 'string' ? value.slice(0, 4000) : writeJson(value).slice(0, 4000));
  };
  const inPath = parameters.filter((one) => one.in === 'path');
  const inQuery = parameters.filter((one) => one.in === 'query' && random.next() < 0.6);
  const filled = inPath.reduce((text, { name, schema }) => text.replace(`{${name}}`, make(schema, name)), path);
  const query = inQuery.map(({ name, schema }) => `${percent(name)}=${make(schema, name)}`).join('&');
  const address = `${url}${filled}${query && `?${query}`}`;
  const taken = Object.entries(bodies);
  if (taken.length === 0) return { method, url: address, headers };
  const [type, schema] = random.pick(taken);
  if (type === 'multipart/form-data') return { method, url: address, ...(await makeForm(schema, source, headers)) };
  const raw = random.next() < 0.12;
  const body = raw ? hostileBody(random.next, [validValue(schema, source)]) : writeJson(hostileValue(schema, source));
  return { method, url: address, headers, body };
}

/** A file of JSON lines that are nearly requests of a batch, with the other fields of the form. */
async function makeForm(schema: JsonSchema, source: ValueSource, headers: Record<string, string>) {
  const { random, root } = source;
  const chat = (root as { components: { schemas: Record<string, JsonSchema> } }).components.schemas
    .ChatCompletionRequest!;
  const line = (at: number): string => {
    if (random.next() < 0.1) return String(hostileBody(random.next, [{ custom_id: 'a', body: {} }]));
    const body = random.next() < 0.5 ? validValue(chat, source) : hostileValue(chat, source);
    return writeJson({ custom_id: `${at}`, method: 'POST', url: '/v1/chat/completions', body });
  };
  const lines = Array.from({ length: random.whole(0, 4) }, (_, at) => line(at));
  const form = new FormData();
  for (const [name, one] of Object.entries(schema.properties ?? {})) {
    if (one.format === 'binary')
      form.set(name, new File([lines.join('\n')], random.pick(['x.jsonl', '../\u0000', ''])));
    else if (random.next() < 0.9) form.set(name, String(random.next() < 0.9 ? validValue(one, source) : 'x'));
  }
  const { 'content-type': _, ...others } = headers;
  const written = new Response(form);
  const body = new Uint8Array(await written.arrayBuffer());
  return { headers: { ...others, 'content-type': written.headers.get('content-type') ?? '' }, body };
}

/** Half a pair, which `encodeURIComponent` refuses, as U+FFFD. */
const percent = (text: string): string => encodeURIComponent(Buffer.from(text).toString());

/** Ids of what was made, so that it is asked for, changed and ended too. */
function learn({ known, random }: LaneOptions, { path }: Operation, { status, text }: HttpAnswer): void {
  if (status >= 300 || random.next() < 0.5) return;
  try {
    const answer = JSON.parse(text) as { id?: unknown };
    known.learn(answer);
    if (path === '/v1/files' && typeof answer.id === 'string') known.add('input_file_id', answer.id);
  } catch {
    // A stream, or no body.
  }
}
