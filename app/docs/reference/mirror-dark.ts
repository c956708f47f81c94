// Tells Swagger UI whether the page is dark, in its own way: a class of the document. Gives the way to stop.
const DARK = 'dark-mode';

export function mirrorDark(): () => void {
  const root = document.documentElement;
  const media = matchMedia('(prefers-color-scheme: dark)');
  // What the person has chosen wins over what the system says.
  const tell = (): void => {
    const { theme } = root.dataset;
    root.classList.toggle(DARK, theme ? theme === 'dark' : media.matches);
  };
  const chosen = new MutationObserver(tell);
  chosen.observe(root, { attributeFilter: ['data-theme'] });
  media.addEventListener('change', tell);
  tell();
  return () => {
    chosen.disconnect();
    media.removeEventListener('change', tell);
    root.classList.remove(DARK);
  };
}
