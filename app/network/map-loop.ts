// Draws the map whenever there is something to be seen: while things move and while tokens run, and never while nobody looks.

import type { Network } from '../../protocol/http/network.ts';
import { drawStill, drawTokens, type MapText, type Size } from './draw-map.ts';
import { layoutMap, MapPacker } from './layout-map.ts';
import { MapMotion, type Shown } from './map-motion.ts';
import { type Palette, readPalette, watchPalette } from './map-palette.ts';

/** More pixels than this cost time that a model could have, and nobody sees them. */
const MOST_RATIO = 2;

/** What stands still is drawn anew so often while it moves: on a slow device tokens run on between two of these. */
const STILL_EVERY_MS = 33;

/** The two canvases that lie over each other. */
interface MapCanvases {
  still: HTMLCanvasElement;
  tokens: HTMLCanvasElement;
}

export class MapLoop {
  readonly #canvases: MapCanvases;
  readonly #text: MapText;
  readonly #motion = new MapMotion();
  readonly #packer = new MapPacker();
  readonly #endings: (() => void)[] = [];
  readonly #reduced = matchMedia('(prefers-reduced-motion: reduce)');
  #network: Network | undefined;
  #view = '';
  #size: Size = { width: 0, height: 0 };
  #palette: Palette;
  #shown: Shown = { nodes: [], rings: [] };
  #isMoving = false;
  #isInView = true;
  #frame: number | undefined;
  /** When what stands still was drawn last. */
  #stillMs: number | undefined;

  constructor(canvases: MapCanvases, text: MapText) {
    this.#canvases = canvases;
    this.#text = text;
    const box = canvases.still.parentElement!;
    this.#palette = readPalette(box);
    const resizes = new ResizeObserver(() => this.#resize(box));
    resizes.observe(box);
    const views = new IntersectionObserver((entries) => {
      this.#isInView = entries.at(-1)?.isIntersecting ?? true;
      this.#wake();
    });
    views.observe(box);
    const wake = () => this.#wake();
    document.addEventListener('visibilitychange', wake);
    const settle = () => this.#lay(true);
    this.#reduced.addEventListener('change', settle);
    const unwatch = watchPalette(() => {
      this.#palette = readPalette(box);
      this.#isMoving = true;
      this.#wake();
    });
    this.#endings.push(
      () => resizes.disconnect(),
      () => views.disconnect(),
      () => document.removeEventListener('visibilitychange', wake),
      () => this.#reduced.removeEventListener('change', settle),
      unwatch,
    );
    this.#resize(box);
  }

  /** What is so from now on. Names of another view are other names: nothing moves from one to the other. */
  show(network: Network): void {
    const isOther = network.view !== this.#view;
    this.#network = network;
    this.#view = network.view;
    this.#lay(isOther);
  }

  close(): void {
    for (const end of this.#endings) end();
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    this.#network = undefined;
  }

  #resize(box: HTMLElement): void {
    const { clientWidth: width, clientHeight: height } = box;
    if (width === this.#size.width && height === this.#size.height) return;
    this.#size = { width, height };
    const ratio = Math.min(MOST_RATIO, devicePixelRatio);
    for (const canvas of Object.values(this.#canvases)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.getContext('2d')?.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    this.#lay(true);
  }

  #lay(atOnce: boolean): void {
    const { width, height } = this.#size;
    if (!this.#network || width === 0 || height === 0) return;
    const layout = layoutMap(this.#network, width / height, this.#packer);
    this.#motion.set(layout, this.#size, atOnce || this.#reduced.matches);
    this.#isMoving = true;
    this.#wake();
  }

  #wake(): void {
    if (this.#frame !== undefined || !this.#network || document.hidden || !this.#isInView) return;
    this.#frame = requestAnimationFrame(this.#draw);
  }

  readonly #draw = (ms: number): void => {
    this.#frame = undefined;
    const { still, tokens } = this.#canvases;
    const [stillPen, tokenPen] = [still.getContext('2d'), tokens.getContext('2d')];
    if (!stillPen || !tokenPen || !this.#network || document.hidden || !this.#isInView) return;
    const sinceMs = ms - (this.#stillMs ?? Number.NEGATIVE_INFINITY);
    if (this.#isMoving && sinceMs >= STILL_EVERY_MS) {
      const { isThere, ...shown } = this.#motion.advance(Math.min(sinceMs, 2 * STILL_EVERY_MS));
      this.#shown = shown;
      this.#isMoving = !isThere;
      this.#stillMs = ms;
      drawStill(stillPen, shown, this.#size, this.#palette, this.#text);
    }
    const isRunning = this.#shown.rings.some(({ isAnswering }) => isAnswering);
    // Who wants no motion sees where tokens are, and which rings are lit.
    drawTokens(tokenPen, this.#shown.rings, this.#reduced.matches ? 0 : ms, this.#size, this.#palette);
    if (this.#isMoving || (isRunning && !this.#reduced.matches)) this.#frame = requestAnimationFrame(this.#draw);
  };
}
