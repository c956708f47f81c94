// Hidden states that a stage has sent of one session, as they travelled: what it gives to whoever takes the next seat, so that
// no other stage computes them again. Sends nothing and knows no bound; whoever keeps it counts its bytes.
import { type Frame, payloadBytesOf } from '../../protocol/frame.ts';
import { PREFILL_CHUNK_TOKENS } from '../../protocol/limits.ts';
import { SCALE_BYTES } from '../codec/int8-rows.ts';

/** Rows `[position, position + tokens)`, packed. */
export type SentChunk = Pick<Frame, 'position' | 'tokens' | 'width' | 'payload'> & {
  dtype: 'float32' | 'float16' | 'int8';
};

export class SentRows {
  readonly #chunks: SentChunk[] = [];
  #bytes = 0;

  /** What the payloads take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Positions from 0 that are kept. */
  get end(): number {
    const last = this.#chunks.at(-1);
    return last ? last.position + last.tokens : 0;
  }

  /** Writes over what is kept from its position on. One that leaves a gap is not kept, and nothing behind the gap is. */
  add(chunk: SentChunk): void {
    this.crop(chunk.position);
    if (chunk.position !== this.end) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.payload.byteLength;
  }

  /** Forgets positions >= `position`. */
  crop(position: number): void {
    for (let last = this.#chunks.at(-1); last && last.position + last.tokens > position; last = this.#chunks.at(-1)) {
      this.#chunks.pop();
      this.#bytes -= last.payload.byteLength;
      if (last.position >= position) continue;
      const kept = joinChunks([partOf(last, 0, position - last.position)]);
      this.#chunks.push(kept);
      this.#bytes += kept.payload.byteLength;
      return;
    }
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#bytes = 0;
  }

  /** Positions `[0, position)` in chunks as a prefill has them; undefined unless all of them are kept. */
  before(position: number): SentChunk[] | undefined {
    if (this.end < position) return undefined;
    const chunks: SentChunk[] = [];
    let run: SentChunk[] = [];
    const close = (): void => {
      if (run.length > 0) chunks.push(joinChunks(run));
      run = [];
    };
    for (const chunk of this.#chunks) {
      for (let from = 0; from < chunk.tokens; ) {
        const at = chunk.position + from;
        if (at >= position) break;
        const held = run.reduce((sum, { tokens }) => sum + tokens, 0);
        if (held === PREFILL_CHUNK_TOKENS || (run[0] && run[0].dtype !== chunk.dtype)) {
          close();
          continue;
        }
        const tokens = Math.min(chunk.tokens - from, PREFILL_CHUNK_TOKENS - held, position - at);
        run.push(partOf(chunk, from, tokens));
        from += tokens;
      }
    }
    close();
    return chunks;
  }
}

const scalesOf = ({ dtype, tokens }: SentChunk): number => (dtype === 'int8' ? tokens * SCALE_BYTES : 0);

/** `tokens` rows from the `from`-th on; a view where a row has no scale beside it. */
function partOf(chunk: SentChunk, from: number, tokens: number): SentChunk {
  const { dtype, width, payload } = chunk;
  const position = chunk.position + from;
  const rowBytes = payloadBytesOf(dtype, 1, width) - (dtype === 'int8' ? SCALE_BYTES : 0);
  const rows = payload.subarray(scalesOf(chunk) + from * rowBytes, scalesOf(chunk) + (from + tokens) * rowBytes);
  if (dtype !== 'int8') return { dtype, width, position, tokens, payload: rows };
  const scales = payload.subarray(from * SCALE_BYTES, (from + tokens) * SCALE_BYTES);
  return { dtype, width, position, tokens, payload: concat([scales, rows]) };
}

/** Chunks of one type, each of which goes on where the one before it ends, as one with bytes of its own. */
function joinChunks(chunks: readonly SentChunk[]): SentChunk {
  const { dtype, width, position } = chunks[0]!;
  const tokens = chunks.reduce((sum, chunk) => sum + chunk.tokens, 0);
  const scales = chunks.map((chunk) => chunk.payload.subarray(0, scalesOf(chunk)));
  const rows = chunks.map((chunk) => chunk.payload.subarray(scalesOf(chunk)));
  return { dtype, width, position, tokens, payload: concat([...scales, ...rows]) };
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
