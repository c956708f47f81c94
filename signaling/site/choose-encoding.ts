// In which encodings a file of the site may lie beside the plain one, and which of them a request gets. Pure.
import { parseAccept } from 'hono/utils/accept';

/** Ending of the twin that holds each encoding (`app.js.br` beside `app.js`); the one that saves most comes first. */
export const TWIN_ENDINGS = { br: '.br', gzip: '.gz' } as const;

export type Encoding = keyof typeof TWIN_ENDINGS;

/**
 * The encoding that `Accept-Encoding` weighs highest among those that are there, or undefined for the plain file (RFC 9110,
 * section 12.5.3). Plain goes to whoever sends no header, or weighs `identity` higher; also to whoever refuses it where
 * there is nothing else, as the RFC allows.
 *
 * @example
 * chooseEncoding('gzip, br;q=0.5', ['br', 'gzip']); // 'gzip'
 */
export function chooseEncoding(acceptEncoding: string | null, there: readonly Encoding[]): Encoding | undefined {
  const weights = new Map(parseAccept(acceptEncoding ?? '').map(({ type, q }) => [type.toLowerCase(), q]));
  const weightOf = (name: string): number => weights.get(name) ?? weights.get('*') ?? 0;
  let chosen: Encoding | undefined;
  // Unnamed, the plain file is the last resort; named, another encoding wins a draw because it is smaller.
  let best = weightOf('identity');
  for (const encoding of Object.keys(TWIN_ENDINGS) as Encoding[]) {
    const weight = weightOf(encoding);
    const isBetter = chosen === undefined ? weight > 0 && weight >= best : weight > best;
    if (!there.includes(encoding) || !isBetter) continue;
    chosen = encoding;
    best = weight;
  }
  return chosen;
}
