// The programs of onnxruntime-web as they lie in the built site: written with the build, read by whoever shows how far one has come.
import * as z from 'zod/mini';

/** Where the list is, from the site's root. */
export const RUNTIME_LIST = '/runtime.json';

const bytes = z.number().check(z.int(), z.gte(0));

const runtimeFileSchema = z.object({
  backend: z.enum(['webgpu', 'wasm']),
  /** From the site's root. */
  path: z.string().check(z.maxLength(300)),
  bytes,
  /** As it travels: compressed, where the build has a smaller twin of it. */
  wireBytes: bytes,
});
export type RuntimeFile = z.infer<typeof runtimeFileSchema>;

const runtimeFilesSchema = z.object({ files: z.array(runtimeFileSchema).check(z.maxLength(20)) });

/** A site that was built without the list has none, and nothing waits for it. */
export async function readRuntimeFiles(origin: string, read: typeof fetch = fetch): Promise<RuntimeFile[]> {
  try {
    const response = await read(new URL(RUNTIME_LIST, origin));
    const parsed = runtimeFilesSchema.safeParse(response.ok ? await response.json() : undefined);
    return parsed.success ? parsed.data.files : [];
  } catch {
    return [];
  }
}
