// The site's own colours, for a canvas: it knows no variables. Read from the page as it is now, light or dark.

const NAMES = ['panel', 'ink', 'muted', 'line', 'control', 'accent', 'accent-soft', 'hop', 'rest', 'danger'] as const;
export type Palette = Readonly<Record<(typeof NAMES)[number], string>>;

/** @param within an element of the page whose colours count. */
export function readPalette(within: HTMLElement): Palette {
  const probe = document.createElement('span');
  within.append(probe);
  const colours = NAMES.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(colours) as Palette;
}

/** Calls back when another scheme is shown; until what it returns is called. */
export function watchPalette(onChange: () => void): () => void {
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', onChange);
  const chosen = new MutationObserver(onChange);
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => {
    scheme.removeEventListener('change', onChange);
    chosen.disconnect();
  };
}
