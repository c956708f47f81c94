// A model of a hub, opened for cutting: its graph and description, no weights yet. Both the stage and the driver of a
// worker begin here.

import { PoolError } from '../../protocol/errors.ts';
import type { ModelManifest } from '../../protocol/manifest.ts';
import { openBrowserRangeCache } from '../hub/browser-range-cache.ts';
import { createByteMeter } from '../hub/byte-meter.ts';
import { externalDataPath, graphPath } from '../hub/dtype-files.ts';
import { type FetchOptions, type HubFile, openHubFile } from '../hub/hub-file.ts';
import { expectedFile, loadModelIndex, type ModelIndex } from '../hub/model-index.ts';
import { readJsonFile, readSmallFile } from '../hub/read-small-file.ts';
import { type DecoderDescription, describeDecoder } from '../onnx/describe-decoder.ts';
import type { OnnxGraph } from '../onnx/onnx-graph.ts';
import { readGraph } from '../onnx/read-graph.ts';
import { memorySource } from '../words/byte-source.ts';
import type { ModelSource } from '../words/model-source.ts';
import { contextLimit } from './context-limit.ts';
import { makeManifest } from './make-manifest.ts';
import type { ModelFiles } from './model-files.ts';
import { otherDtypes } from './other-dtypes.ts';

/** The first request for a graph brings its beginning along: one round trip less. */
const FIRST_WINDOW_BYTES = 64 * 1024;
/** A graph with its weights outside is far smaller; one with weights inside is never read whole. */
const MAX_CHECKED_GRAPH_BYTES = 1024 * 1024;

/**
 * Files of one repository, with the hashes that the site knows of them.
 *
 * @param bounds how they are fetched; undefined: as a page fetches, out of the browser's cache where it has them.
 */
export async function openModelFiles(source: ModelSource, bounds?: FetchOptions): Promise<ModelFiles> {
  const { repo, revision } = source.model;
  const location = { hubUrl: source.hubUrl, repo, revision };
  const cache = bounds ? undefined : await openBrowserRangeCache();
  const index: ModelIndex | undefined = source.indexUrl
    ? await loadModelIndex(source.indexUrl.replace(/\/index\.json$/, ''), { ...bounds, ...(cache ? { cache } : {}) })
    : undefined;
  const meter = bounds?.meter ?? createByteMeter();
  const options = (path: string): FetchOptions => {
    const expected = index ? expectedFile(index, repo, path) : undefined;
    return { ...bounds, meter, ...(cache ? { cache } : {}), ...(expected ? { expected } : {}) };
  };
  return {
    source,
    meter,
    json: (path) => readJsonFile(location, path, options(path)),
    open: (path, firstWindowBytes = 1) => openHubFile(location, path, { firstWindowBytes, ...options(path) }),
    isListed: (path) => index !== undefined && expectedFile(index, repo, path) !== undefined,
    async optionalText(path) {
      try {
        return new TextDecoder().decode(await readSmallFile(location, path, options(path)));
      } catch (error) {
        if (PoolError.from(error).code === 'model-not-found') return undefined;
        throw error;
      }
    },
  };
}

export interface OpenModel {
  readonly files: ModelFiles;
  readonly graph: OnnxGraph;
  readonly decoder: DecoderDescription;
  readonly manifest: ModelManifest;
  /** Opens a file that the graph names: '' is the graph's own file. */
  openWeights(file: string): Promise<HubFile>;
}

/** Reads the graph. Throws `model-not-found`, `model-unsupported`, or what the download failed with. `bounds` as above. */
export async function openModel(source: ModelSource, bounds?: FetchOptions): Promise<OpenModel> {
  const files = await openModelFiles(source, bounds);
  const path = graphPath(source.model.dtype);
  const [config, graphFile] = await Promise.all([
    files.json('config.json'),
    files.open(path, FIRST_WINDOW_BYTES).catch(async (cause) => {
      const error = PoolError.from(cause);
      // Only for people: a server looks for nobody.
      throw error.code === 'model-not-found' && !bounds ? await otherDtypes(files, error) : error;
    }),
  ]);
  // A graph file whose hash is known is read whole when it is small, because only a whole file can be checked.
  const isChecked = files.isListed(path) && graphFile.size <= MAX_CHECKED_GRAPH_BYTES;
  const graph = await readGraph(isChecked ? memorySource(await graphFile.read(0, graphFile.size)) : graphFile);
  const decoder = describeDecoder(graph);
  return {
    files,
    graph,
    decoder,
    manifest: await makeManifest(graph, decoder, contextLimit(config)),
    openWeights: async (file) => (file === '' ? graphFile : files.open(externalDataPath(path, file))),
  };
}
