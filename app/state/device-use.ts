// Whether somebody uses this device, by the browser's Idle Detection where it has it. Nothing else tells: a page that is hidden and
// hears no key says nothing of the other windows, so without it nobody guesses.
import { type Store, ValueStore } from '../../protocol/value-store.ts';
import type { DeviceUse } from './lend-rules.ts';

/** https://wicg.github.io/idle-detection: Chromium alone has it. */
interface IdleDetector extends EventTarget {
  readonly userState: 'active' | 'idle' | null;
  readonly screenState: 'locked' | 'unlocked' | null;
  start(options: { threshold: number; signal?: AbortSignal }): Promise<void>;
}
interface IdleDetectorClass {
  new (): IdleDetector;
  requestPermission(): Promise<PermissionState>;
}

/** The least that the browser allows. */
const THRESHOLD_MS = 60_000;

const detectorClass = (): IdleDetectorClass | undefined =>
  (globalThis as { IdleDetector?: IdleDetectorClass }).IdleDetector;

export const canTellUse = (): boolean => detectorClass() !== undefined;

/** Asks the person, who must have pressed something just now. */
export async function askForUse(): Promise<boolean> {
  try {
    return (await detectorClass()?.requestPermission()) === 'granted';
  } catch {
    return false;
  }
}

/** Watches until `stop`; `unknown` where the browser does not tell, or its person does not want it to. */
export function watchUse(): { use: Store<DeviceUse>; stop(): void } {
  const use = new ValueStore<DeviceUse>('unknown');
  const end = new AbortController();
  const Detector = detectorClass();
  if (Detector) {
    const detector = new Detector();
    const tell = (): void => {
      const isIdle = detector.userState === 'idle' || detector.screenState === 'locked';
      use.set(detector.userState === null ? 'unknown' : isIdle ? 'idle' : 'used');
    };
    detector.addEventListener('change', tell);
    detector.start({ threshold: THRESHOLD_MS, signal: end.signal }).then(tell, () => use.set('unknown'));
  }
  return { use, stop: () => end.abort() };
}
