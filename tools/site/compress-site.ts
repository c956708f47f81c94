// Writes a compressed twin beside each file of the built site that gets smaller, so that the server compresses nothing.
import { readdirSync, statSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { type Encoding, TWIN_ENDINGS } from '../../signaling/site/choose-encoding.ts';

/** Text and programs. Pictures are packed already. */
const COMPRESSIBLE = /^\.(html|js|mjs|css|json|map|svg|txt|wasm|webmanifest)$/;
/** Weights do not get smaller, and tabs ask for ranges of whatever lies beside them. */
const MODELS = 'models';
/** Less fits into one packet with the headers of its answer. */
const MIN_BYTES = 1024;
/** Above this only the runtime: of its 26.8 MB quality 7 leaves 4.7 in two seconds, and better ones take up to a minute for a tenth less. */
const BIG_BYTES = 4 * 1024 * 1024;
const BIG_QUALITY = 7;

const pack: Record<Encoding, (bytes: Buffer) => Promise<Buffer>> = {
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: bytes.length > BIG_BYTES ? BIG_QUALITY : constants.BROTLI_MAX_QUALITY,
        // 16 MiB, the widest that browsers take.
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gzip: (bytes) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
};

/** Bytes of all files that were tried, and what is left of them in each encoding. */
export interface CompressedBytes extends Record<Encoding, number> {
  plain: number;
}

/** Node packs four at a time, and this waits for all of them. A twin is there whole or not at all. */
export async function compressSite(siteDir: string): Promise<CompressedBytes> {
  const total: CompressedBytes = { plain: 0, br: 0, gzip: 0 };
  // The largest take longest, so they begin first.
  const paths = listCompressible(siteDir).sort((a, b) => statSync(b).size - statSync(a).size);
  const work = paths.map(async (path) => {
    const bytes = await readFile(path);
    total.plain += bytes.length;
    for (const encoding of Object.keys(TWIN_ENDINGS) as Encoding[]) {
      const twin = path + TWIN_ENDINGS[encoding];
      const packed = await pack[encoding](bytes);
      total[encoding] += Math.min(packed.length, bytes.length);
      if (packed.length >= bytes.length) await rm(twin, { force: true });
      else await writeWhole(twin, packed);
    }
  });
  await Promise.all(work);
  return total;
}

function listCompressible(siteDir: string): string[] {
  return readdirSync(siteDir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && COMPRESSIBLE.test(extname(entry.name).toLowerCase()))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => relative(siteDir, path).split(sep)[0] !== MODELS && statSync(path).size >= MIN_BYTES);
}

async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  const unfinished = `${path}.unfinished`;
  await writeFile(unfinished, bytes);
  await rename(unfinished, path);
}
