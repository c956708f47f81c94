// A lending tab: how it leaves and rests.
import type { DeviceNote } from '../../../shard-worker/index.ts';
import { catalogue } from '../catalogue.ts';

const answers = (count: number): string => (count === 1 ? '1 answer still runs' : `${count} answers still run`);

export const englishLend = {
  /** Why a device computes otherwise than was to be expected, by the code of it. */
  deviceNotes: {
    'no-webgpu':
      'This browser has no WebGPU: this tab computes on the CPU with WASM, which is slower but gives the same answers.',
    'no-device':
      'WebGPU found no graphics device: this tab computes on the CPU with WASM, which is slower but gives the same answers.',
    'gpu-wrong':
      'This GPU computes wrongly: it has failed a trial. This tab computes on the CPU with WASM, which is slower and right.',
    'gpu-careful':
      'This GPU computes large pieces wrongly. This tab computes smaller ones: the same answers, a little later.',
  } satisfies Record<DeviceNote, string>,
  leave: {
    running: (count: number, seconds: number) => `${answers(count)} through this tab; leaving in at most ${seconds} s.`,
    title: 'Leaving. Nothing new is sent here.',
    soon: 'What it did is being signed for.',
    now: 'Leave at once',
  },
  pause: {
    running: (count: number, seconds: number) =>
      `${answers(count)} through this tab; it rests in at most ${seconds} s.`,
    title: 'About to rest. Nothing new is sent here.',
    soon: 'What it did is being signed for.',
    now: 'Rest at once',
  },
  /** A shard that rests by the window's rules. */
  restsByRule: 'It lends again by itself when the choices of this window allow it.',
  rules: {
    title: 'When this window lends',
    resting: {
      hours: (time: string) => `Outside of its hours: this window lends again at ${time}.`,
      used: 'Somebody uses this device: this window lends again when nobody has touched it for a minute.',
      unknown: 'The browser does not say any more whether somebody uses this device, so this window does not lend.',
    },
    onlyIdle: {
      label: 'Only while I do not use this device',
      hint: 'The browser asks you first. It tells this page whether keyboard and mouse were touched in the last minute, and nothing else.',
      denied: 'The browser was not allowed to tell. It can be allowed in its settings for this site.',
      unavailable:
        'This browser does not tell pages whether somebody uses the device (Chrome and Edge do), and to guess it from this page alone would be wrong.',
    },
    hours: {
      label: 'Only at certain hours',
      hint: 'By this device’s clock; an end before the beginning is on the next day. Answers that run end first.',
      from: 'From',
      to: 'to',
    },
    share: {
      label: 'How much of the device’s time',
      percent: (share: number) => `${share} %`,
      hint: 'Below 100 % it rests between two steps, a second at most, so a long prompt takes more for a while. Answers become slower by as much, and the others are told. A change begins anew when running answers have ended.',
    },
    notices: {
      label: 'Tell me when lending needs me',
      hint: 'A notification while you look at something else: lending failed, the GPU went away, or the server does not answer for a minute.',
      denied: 'The browser was not allowed to notify. It can be allowed in its settings for this site.',
      unavailable: 'This browser has no notifications for pages.',
    },
  },
  notices: {
    failed: {
      title: 'Lending has stopped',
      body: 'Something went wrong in this tab. Open it to see what, and to try again.',
    },
    'gpu-lost': { title: 'The GPU went away', body: 'This tab computes nothing any more. Open it to lend again.' },
    'server-away': {
      title: 'The server does not answer',
      body: 'For a minute now. This tab lends again by itself when the server is back.',
    },
  },
  live: {
    /** Why nothing happens. */
    quiet: {
      nobodyYet: 'Everything is ready. Nobody has asked yet.',
      nobodyNow: 'Nobody asks just now.',
      othersLoad: (ready: number, all: number) =>
        `Its own parts are there. It waits for the others: ${ready} of ${all} tabs are ready.`,
      broken: 'A tab that answers belong to has gone. Another one takes its place.',
      reserve: 'Other tabs answer now. This one stands by, and takes over when one of them goes.',
      othersServe: 'Other tabs answer now, and have room enough without this one.',
    },
    /** Between whom it stands. */
    neighbours: {
      alone: 'It holds every part and answers alone.',
      first: (next: string) => `Questions come here first. It passes them on to a tab with ${next}.`,
      middle: (before: string, next: string) =>
        `It takes over from a tab with ${before} and passes on to one with ${next}.`,
      last: (before: string) => `It takes over from a tab with ${before} and gives each word to who asked.`,
    },
  },
  load: {
    /** A bar, for who does not see it. */
    runtime: 'Program that computes, loaded',
    runtimeTitle: 'Loading the program that computes. This browser keeps it.',
    of: (loaded: string, total: string) => `${loaded} of ${total}`,
    pace: (speed: string, left: string) => `${speed} a second, ${left} left`,
    stalled: 'Nothing comes just now.',
    seconds: (count: number) => `${count} s`,
    minutes: (count: number) => `${count} min`,
    hours: (count: number) => `${count} h`,
  },
  /** A model, for who asks it. */
};

export const lendText = catalogue('lend', englishLend);
