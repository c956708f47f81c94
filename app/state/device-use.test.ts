import { afterEach, expect, test, vi } from 'vitest';
import { askForUse, canTellUse, watchUse } from './device-use.ts';

afterEach(() => void vi.unstubAllGlobals());

/** A browser that tells, and what a test makes of its person. */
function stubDetector(permission: PermissionState = 'granted') {
  const made: { userState: string | null; screenState: string | null; say(user: string, screen?: string): void }[] = [];
  class Detector extends EventTarget {
    static requestPermission = async () => permission;
    userState: string | null = null;
    screenState: string | null = null;
    constructor() {
      super();
      made.push(this);
    }
    async start({ threshold }: { threshold: number }) {
      if (permission !== 'granted') throw new DOMException('No.', 'NotAllowedError');
      expect(threshold).toBeGreaterThanOrEqual(60_000);
      this.userState = 'active';
      this.screenState = 'unlocked';
    }
    say(user: string, screen = 'unlocked') {
      this.userState = user;
      this.screenState = screen;
      this.dispatchEvent(new Event('change'));
    }
  }
  vi.stubGlobal('IdleDetector', Detector);
  return made;
}

test('a browser that tells is believed, and a locked screen is nobody’s', async () => {
  const made = stubDetector();
  expect([canTellUse(), await askForUse()]).toEqual([true, true]);
  const { use, stop } = watchUse();
  await vi.waitFor(() => expect(use.get()).toBe('used'));
  made[0]!.say('idle');
  expect(use.get()).toBe('idle');
  made[0]!.say('active', 'locked');
  expect(use.get()).toBe('idle');
  made[0]!.say('active');
  expect(use.get()).toBe('used');
  stop();
});

test('without it, or without its person’s word, nobody guesses', async () => {
  expect([canTellUse(), await askForUse(), watchUse().use.get()]).toEqual([false, false, 'unknown']);
  stubDetector('denied');
  expect(await askForUse()).toBe(false);
  const { use } = watchUse();
  await new Promise((resolve) => setTimeout(resolve));
  expect(use.get()).toBe('unknown');
});
