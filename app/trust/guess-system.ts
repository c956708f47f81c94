// Which way of installing a certificate is shown first. Pure; a wrong guess costs a press, since all ways are there.

export const SYSTEMS = ['apple', 'android', 'mac', 'windows', 'linux', 'firefox'] as const;
export type System = (typeof SYSTEMS)[number];

/** @param touchPoints of `navigator`: an iPad says that it is a Mac. */
export function guessSystem(userAgent: string, touchPoints: number): System {
  if (/iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && touchPoints > 1)) return 'apple';
  if (userAgent.includes('Android')) return 'android';
  // It keeps authorities of its own on every computer.
  if (userAgent.includes('Firefox')) return 'firefox';
  if (userAgent.includes('Macintosh')) return 'mac';
  return userAgent.includes('Windows') ? 'windows' : 'linux';
}
