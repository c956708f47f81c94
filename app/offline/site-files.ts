// What a build of the site consists of, as its service worker is told by the build, and what pages ask of that worker. Types alone.

export interface SiteFiles {
  /** Names the build; the pages of it have the same name on their `<html>`. */
  build: string;
  /** Pages and whatever else has no hash in its name, by the path that is asked for; with the SHA-256 of each, in hex. */
  pages: Readonly<Record<string, string>>;
  /** Files named by their content that pages begin with. */
  shell: readonly string[];
  /** The others: with them this device answers, and draws answers, without the server. */
  engine: readonly string[];
}

export type SiteOrder =
  /** Keep these files of the build too: an open page uses them. */
  | { type: 'keep'; paths: readonly string[] }
  /** Keep what this device answers with: it has the whole model. */
  | { type: 'keep-engine' }
  /** Do not wait until the windows of the build before are closed. */
  | { type: 'take-over' }
  /** Say on the port that comes with this which build you are. */
  | { type: 'tell-build' };
