// How the page around the frame wants the chat to look: theme and colours, set on the document. What is no colour is left out.
import { COLOURS, type Look } from '../../packages/widget/src/words.ts';

/** A colour as red, green and blue from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Above it black has more contrast than white (WCAG 2.2: both have 4.58:1 at it). */
const BRIGHT = 0.179;

/** What is written on a colour: black or white, whichever has more contrast. */
export function inkOn([red, green, blue]: Rgb): '#000000' | '#ffffff' {
  const [r, g, b] = [red, green, blue].map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b! > BRIGHT ? '#000000' : '#ffffff';
}

export function applyLook(root: HTMLElement, { theme, colours = {} }: Look): void {
  if (theme === 'system') delete root.dataset.theme;
  else if (theme) root.dataset.theme = theme;
  for (const name of COLOURS) {
    const colour = colours[name];
    if (colour !== undefined && CSS.supports('color', colour)) root.style.setProperty(`--${name}`, colour);
    else root.style.removeProperty(`--${name}`);
  }
  for (const [name, value] of Object.entries(accents(root.style.getPropertyValue('--accent')))) {
    if (value) root.style.setProperty(`--${name}`, value);
    else root.style.removeProperty(`--${name}`);
  }
}

/** What goes with an accent; nothing goes with none. */
function accents(accent: string): Record<'accent-strong' | 'accent-soft' | 'on-accent', string | undefined> {
  if (accent === '') return { 'accent-strong': undefined, 'accent-soft': undefined, 'on-accent': undefined };
  return {
    'accent-strong': `color-mix(in oklab, ${accent} 80%, var(--ink))`,
    'accent-soft': `color-mix(in oklab, ${accent} 15%, var(--paper))`,
    'on-accent': inkOn(readColour(accent)),
  };
}

/** As the browser draws it: colours have many forms. */
function readColour(css: string): Rgb {
  const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d');
  if (!context) return [0, 0, 0];
  context.fillStyle = css;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
