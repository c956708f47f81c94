// Warum ein Pool so ist, wie er ist.
import type { englishReasons } from '../english/reasons.ts';

const tabs = (count: number): string => `${count} ${count === 1 ? 'Tab' : 'Tabs'}`;
const tabsLoad = (count: number): string => `${tabs(count)} ${count === 1 ? 'lädt' : 'laden'}`;
const layersOf = (count: number): string => `${count} ${count === 1 ? 'Schicht' : 'Schichten'}`;
const missing = (count: number): string => (count === 1 ? 'einer fehlt noch' : `${count} fehlen noch`);

export const reasons: typeof englishReasons = {
  noTab: 'Wartet auf einen Tab, der verleiht.',
  unloaded: 'Der Pool ist entladen: wer ihn angelegt hat, kann ihn wieder laden.',
  planning: 'Der Server gibt den Tabs gerade ihre Schichten.',
  tabsMissing: (here, wanted) =>
    `${here} von ${tabs(wanted)} ${here === 1 ? 'ist' : 'sind'} da; ${missing(wanted - here)}.`,
  memoryTabsMissing: (here, wanted) =>
    `${here} von ${tabs(wanted)} ${here === 1 ? 'verleiht' : 'verleihen'} genug Speicher; ${missing(wanted - here)}.`,
  memoryMissing: (megabytes) => `Wartet auf mehr Speicher: mit weiteren ${megabytes} MB hätte das Modell Platz.`,
  loading: (count, layers, ready) =>
    `${tabsLoad(count)} ${layersOf(layers)}: ${ready} von ${count} ${ready === 1 ? 'ist' : 'sind'} bereit.`,
  tried: (layers) => `Alle ${layersOf(layers)} sind da; eine kurze Antwort probiert sie aus.`,
  serving: (count, layers) => `${tabs(count)} ${count === 1 ? 'rechnet' : 'rechnen'} ${layersOf(layers)}.`,
  rings: (sizes, layers) =>
    `${sizes.length} Ringe aus ${sizes.join(' und ')} Tabs rechnen nebeneinander ${layersOf(layers)}.`,
  loadsSplit: (count) => `${tabsLoad(count)} inzwischen die nächste Aufteilung.`,
  loadsRing: (count) => `${tabsLoad(count)} inzwischen einen weiteren Ring.`,
  reserve: (count) => `${tabs(count)} in Reserve.`,
  excluded: {
    failed: (count) => `${tabs(count)} gescheitert.`,
    stalled: (count) => `${tabs(count)} ${count === 1 ? 'hat' : 'haben'} aufgehört zu laden.`,
    unreachable: (count) => `${tabs(count)} für die Nachbarn nicht erreichbar.`,
    silent: (count) => `${tabs(count)} ${count === 1 ? 'antwortet' : 'antworten'} niemandem.`,
    unshown: (count) =>
      `${tabs(count)} ${count === 1 ? 'hat' : 'haben'} nicht gezeigt, was ${count === 1 ? 'er' : 'sie'} von sich ${count === 1 ? 'sagt' : 'sagen'}.`,
    unsteady: (count) => `${tabs(count)} ${count === 1 ? 'ist' : 'sind'} immer wieder gegangen oder ausgefallen.`,
  },
};
