// What a browser says of its device without loading anything: graphics, memory, disk, addresses. Each may know nothing, and none
// keeps anybody from lending.
import { defaultMemoryBytes } from '../../protocol/lend-memory.ts';
import { startBackend } from '../../shard-worker/worker/start-backend.ts';
import type { PreflightFacts } from './preflight-lines.ts';

type Known<Name extends keyof PreflightFacts> = Exclude<PreflightFacts[Name], 'looking'>;

/** Drivers that draw with the processor, and what Windows falls back to. */
const SOFTWARE = /swiftshader|llvmpipe|software|basic render/i;

export async function readGpu(): Promise<Known<'gpu'>> {
  const { backend, device } = await startBackend('auto');
  if (backend === 'wasm') return { kind: 'none', hasApi: 'gpu' in navigator };
  return { kind: 'found', name: device, isSoftware: SOFTWARE.test(device) };
}

/** As the engine guesses it, by what computes. */
export async function guessMemory(wish: PreflightFacts['wish']): Promise<number> {
  const { backend } = await startBackend(wish === 'wasm' ? 'wasm' : 'auto');
  return defaultMemoryBytes(backend, navigator as { deviceMemory?: number });
}

export async function readDisk(): Promise<Known<'disk'>> {
  const { quota, usage = 0 } = (await navigator.storage?.estimate().catch(() => undefined)) ?? {};
  return quota === undefined ? 'unknown' : { freeBytes: Math.max(0, quota - usage) };
}

/** Behind a slow router it takes a second or two. */
const GATHER_MS = 5_000;

/** Looks which addresses of its own this browser can find: a moment of WebRTC with nobody at the other end. */
export async function readNetwork(stunUrls: readonly string[], signal?: AbortSignal): Promise<Known<'network'>> {
  if (typeof RTCPeerConnection !== 'function') return 'no-webrtc';
  const connection = new RTCPeerConnection({ iceServers: stunUrls.length > 0 ? [{ urls: [...stunUrls] }] : [] });
  try {
    return await gather(connection, signal);
  } catch {
    return 'unknown';
  } finally {
    connection.close();
  }
}

async function gather(connection: RTCPeerConnection, signal?: AbortSignal): Promise<'mute' | 'local' | 'public'> {
  let found: 'mute' | 'local' | 'public' = 'mute';
  const whole = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, GATHER_MS);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    signal?.addEventListener('abort', end, { once: true });
    connection.onicecandidate = ({ candidate }) => {
      if (!candidate) return end();
      if (found === 'mute' && candidate.candidate !== '') found = 'local';
      if (/ typ srflx/.test(candidate.candidate)) {
        found = 'public';
        end();
      }
    };
  });
  connection.createDataChannel('look');
  await connection.setLocalDescription();
  await whole;
  return found;
}
