// A notification when lending needs its person: with their consent, and while they look at something else.
import { useEffect } from 'react';
import { lendText } from '../text/english/lend.ts';
import { type Needs, needOf, noteNeeds } from './lend-notices.ts';
import { windowShards } from './lent-shards.ts';
import { useRules } from './rule-watch.ts';

/** How long a server has been away is looked at this often. */
const LOOK_MS = 5_000;

export const canNotify = (): boolean => 'Notification' in globalThis;

/** Asks the person, who must have pressed something just now. */
export async function askToNotify(): Promise<boolean> {
  try {
    return (await Notification.requestPermission()) === 'granted';
  } catch {
    return false;
  }
}

export function useLendNotices(): void {
  const { notifies } = useRules().rules;
  useEffect(() => {
    if (!notifies || !canNotify()) return;
    let needs: Needs = new Map();
    const look = (): void => {
      const live = windowShards.state.get().shards.filter(({ isPaused, ending }) => !isPaused && !ending);
      const nowMs = performance.now();
      const noted = noteNeeds(
        needs,
        live.map(({ key, peer }) => ({ key, need: needOf(peer.state.get(), nowMs) })),
      );
      needs = noted.needs;
      if (document.hidden) for (const need of noted.fresh) notify(need);
    };
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [notifies]);
}

function notify(need: keyof typeof lendText.notices): void {
  if (Notification.permission !== 'granted') return;
  const { title, body } = lendText.notices[need];
  try {
    const notice = new Notification(title, { body, tag: `computepool-${need}` });
    notice.onclick = () => {
      window.focus();
      notice.close();
    };
  } catch {
    // Chrome on Android lets only service workers notify.
  }
}
