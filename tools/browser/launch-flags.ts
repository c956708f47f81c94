// Command line flags of Chromium for a peer without a window. Pure.

/** `none`: no WebGPU wanted. `software`: SwiftShader, slow but the same everywhere. `hardware`: this machine's GPU. */
export type GpuChoice = 'none' | 'software' | 'hardware';

/** Nothing here phones home, and nothing updates itself in the middle of a measurement. */
const QUIET = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A peer behind another window must compute at full speed: browsers slow hidden pages down. */
const AWAKE = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

const GPU: Record<GpuChoice, string[]> = {
  none: [],
  software: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
  hardware: ['--enable-unsafe-webgpu', '--ignore-gpu-blocklist'],
};

/** `asRoot`: Chromium refuses to sandbox for root, so there it must be told; for anyone else the sandbox stays. */
export function launchFlags({ gpu, asRoot }: { gpu: GpuChoice; asRoot: boolean }): string[] {
  return [...(asRoot ? ['--no-sandbox'] : []), ...QUIET, ...AWAKE, ...GPU[gpu]];
}
