// Why a pool is as it is: word for word what the server says of it to programs.
import { catalogue } from '../catalogue.ts';

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
const inWords = (count: number): string => WORDS[count] ?? `${count}`;

const tabs = (count: number): string => (count === 1 ? '1 tab' : `${count} tabs`);
const tabsLoad = (count: number): string => (count === 1 ? '1 tab loads' : `${count} tabs load`);

function someOf(count: number, whole: number): string {
  const some = inWords(count);
  return `${some.charAt(0).toUpperCase()}${some.slice(1)} of ${inWords(whole)} tabs`;
}
const moreNeeded = (count: number): string => `${inWords(count)} more ${count === 1 ? 'is' : 'are'} needed`;

export const englishReasons = {
  noTab: 'Waits for a tab to join.',
  unloaded: 'The pool is unloaded: whoever made it can load it again.',
  planning: 'The server is giving the tabs their layers.',
  tabsMissing: (here: number, wanted: number) =>
    `${someOf(here, wanted)} ${here === 1 ? 'is' : 'are'} here; ${moreNeeded(wanted - here)}.`,
  memoryTabsMissing: (here: number, wanted: number) =>
    `${someOf(here, wanted)} ${here === 1 ? 'lends' : 'lend'} enough memory; ${moreNeeded(wanted - here)}.`,
  memoryMissing: (megabytes: string) => `Waits for more memory: ${megabytes} MB more would hold the model.`,
  loading: (count: number, layers: number, ready: number) =>
    `${tabsLoad(count)} ${layers} layers: ${ready} of ${count} ready.`,
  tried: (layers: number) => `All ${layers} layers are there; a short answer tries them.`,
  serving: (count: number, layers: number) => `${tabs(count)} ${count === 1 ? 'serves' : 'serve'} ${layers} layers.`,
  rings: (sizes: readonly number[], layers: number) =>
    `${sizes.length} rings, of ${sizes.join(' and ')} tabs, serve ${layers} layers side by side.`,
  loadsSplit: (count: number) => `${tabsLoad(count)} the next split meanwhile.`,
  loadsRing: (count: number) => `${tabsLoad(count)} another ring meanwhile.`,
  reserve: (count: number) => `${tabs(count)} in reserve.`,
  excluded: {
    failed: (count: number) => `${tabs(count)} failed.`,
    stalled: (count: number) => `${tabs(count)} stopped loading.`,
    unreachable: (count: number) => `${tabs(count)} cannot be reached by its neighbours.`,
    silent: (count: number) => `${tabs(count)} answers nobody.`,
    unshown: (count: number) => `${tabs(count)} did not show what it says.`,
    unsteady: (count: number) => `${tabs(count)} left its seat or failed in it again and again.`,
  },
};

export const reasonText = catalogue('reasons', englishReasons);
