// What a person may know before they lend, as lines with a mark each. Pure: facts in, words out. Nothing is promised that only the
// attempt shows.
import { formatBytes } from '../format/format-bytes.ts';
import { preflightText } from '../text/english/preflight.ts';
import type { BackendChoice } from './join-query.ts';

/** A fact that is looked for, and one that nobody here can know. */
export type Looked<Fact> = Fact | 'looking' | 'unknown';

export interface PreflightFacts {
  isSecure: boolean;
  wish: BackendChoice;
  gpu: Looked<
    | { kind: 'found'; name: string; isSoftware: boolean }
    /** The browser has WebGPU, and no device for it; or has none. */
    | { kind: 'none'; hasApi: boolean }
  >;
  /** Bytes that the person lends; undefined: the device's careful guess. */
  memoryBytes?: number | undefined;
  guessBytes: Looked<number>;
  model: Looked<{ kind: 'found'; bytes: number } | { kind: 'missing'; dtypes: readonly string[] }>;
  runtime: Looked<{ bytes: number; wireBytes: number }>;
  disk: Looked<{ freeBytes: number }>;
  isOnline: boolean;
  /** What its browser found of its own addresses; `mute`: nothing. */
  network: Looked<'no-webrtc' | 'mute' | 'local' | 'public'>;
  /** Whether there is a helper that shows public addresses. */
  hasStun: boolean;
}

export type PreflightMark = 'ok' | 'note' | 'problem' | 'looking';

export interface PreflightLine {
  name: 'secure' | 'gpu' | 'memory' | 'load' | 'disk' | 'network' | 'speed';
  mark: PreflightMark;
  text: string;
  /** What the person can do about it. */
  todo?: string;
}

export const listPreflight = (facts: PreflightFacts): PreflightLine[] => [
  secureLine(facts),
  gpuLine(facts),
  memoryLine(facts),
  loadLine(facts),
  diskLine(facts),
  networkLine(facts),
  { name: 'speed', mark: 'note', text: preflightText.speed.later },
];

function secureLine({ isSecure }: PreflightFacts): PreflightLine {
  const { ok, insecure, insecureTodo } = preflightText.secure;
  return isSecure
    ? { name: 'secure', mark: 'ok', text: ok }
    : { name: 'secure', mark: 'problem', text: insecure, todo: insecureTodo };
}

function gpuLine({ gpu, wish }: PreflightFacts): PreflightLine {
  const text = preflightText.gpu;
  const name = 'gpu';
  if (wish === 'wasm') return { name, mark: 'note', text: text.cpuChosen };
  if (gpu === 'looking') return { name, mark: 'looking', text: text.looking };
  if (gpu !== 'unknown' && gpu.kind === 'found') {
    if (!gpu.isSoftware) return { name, mark: 'ok', text: text.found(gpu.name) };
    return { name, mark: 'note', text: text.software(gpu.name), todo: text.softwareTodo };
  }
  const reason = gpu !== 'unknown' && gpu.hasApi ? text.noDevice : text.noApi;
  if (wish === 'webgpu') return { name, mark: 'problem', text: `${reason} ${text.willFail}`, todo: text.willFailTodo };
  return { name, mark: 'note', text: `${reason} ${text.cpu}`, todo: text.cpuTodo };
}

function memoryLine({ memoryBytes, guessBytes }: PreflightFacts): PreflightLine {
  const text = preflightText.memory;
  const name = 'memory';
  if (memoryBytes !== undefined) return { name, mark: 'ok', text: text.chosen(formatBytes(memoryBytes)) };
  if (typeof guessBytes === 'number') return { name, mark: 'ok', text: text.guessed(formatBytes(guessBytes)) };
  return { name, mark: 'looking', text: text.looking };
}

function loadLine(facts: PreflightFacts): PreflightLine {
  const text = preflightText.load;
  const name = 'load';
  const { model, runtime } = facts;
  if (model === 'looking' || runtime === 'looking') return { name, mark: 'looking', text: text.looking };
  const program = runtime === 'unknown' ? text.programUnknown : text.program(formatBytes(runtime.wireBytes));
  if (model === 'unknown') return { name, mark: 'note', text: `${text.modelUnknown} ${program}` };
  if (model.kind === 'missing') {
    const { dtypes } = model;
    const todo = dtypes.length > 0 ? text.otherFormats(dtypes.join(', ')) : text.otherModel;
    return { name, mark: 'problem', text: text.missing, todo };
  }
  const most = lentBytes(facts);
  const isWhole = most === undefined || most >= model.bytes;
  const holds = isWhole ? text.whole(formatBytes(model.bytes)) : text.part(formatBytes(most), formatBytes(model.bytes));
  return { name, mark: 'ok', text: `${holds} ${program}` };
}

function diskLine(facts: PreflightFacts): PreflightLine {
  const text = preflightText.disk;
  const name = 'disk';
  const { disk, model } = facts;
  if (disk === 'looking') return { name, mark: 'looking', text: text.looking };
  if (disk === 'unknown') return { name, mark: 'note', text: text.unknown };
  const wanted = typeof model === 'object' && model.kind === 'found' ? model.bytes : 0;
  const needed = Math.min(wanted, lentBytes(facts) ?? wanted);
  const free = formatBytes(disk.freeBytes);
  if (disk.freeBytes < needed) return { name, mark: 'note', text: text.little(free), todo: text.littleTodo };
  return { name, mark: 'ok', text: text.free(free) };
}

function networkLine({ isOnline, network, hasStun }: PreflightFacts): PreflightLine {
  const text = preflightText.network;
  const name = 'network';
  if (!isOnline) return { name, mark: 'problem', text: text.offline, todo: text.offlineTodo };
  if (network === 'looking') return { name, mark: 'looking', text: text.looking };
  if (network === 'no-webrtc') return { name, mark: 'problem', text: text.noWebrtc, todo: text.noWebrtcTodo };
  if (network === 'mute') return { name, mark: 'problem', text: text.mute, todo: text.muteTodo };
  if (network === 'public') return { name, mark: 'ok', text: text.found };
  if (network === 'unknown') return { name, mark: 'note', text: text.unknown };
  if (!hasStun) return { name, mark: 'note', text: text.noHelper };
  return { name, mark: 'note', text: text.local, todo: text.localTodo };
}

/** What it lends at most; undefined while nobody knows. */
const lentBytes = ({ memoryBytes, guessBytes }: PreflightFacts): number | undefined =>
  memoryBytes ?? (typeof guessBytes === 'number' ? guessBytes : undefined);
