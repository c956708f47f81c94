// How a spec file asks for another Chromium than the configuration's: one with WebGPU on the CPU, one that finds a server
// at another address.
import { findBrowser } from '../../tools/browser/find-browser.ts';
import { type GpuChoice, launchFlags } from '../../tools/browser/launch-flags.ts';

export const softwareGpuLaunch = () => launchWith('software');

/** Whoever asks for `host` is sent to this machine: to the page it is as if the server stood there. */
export const distantLaunch = (host: string) => launchWith('none', `--host-resolver-rules=MAP ${host} 127.0.0.1`);

function launchWith(gpu: GpuChoice, ...flags: string[]) {
  const executablePath = findBrowser()?.path;
  const args = [...launchFlags({ gpu, asRoot: process.getuid?.() === 0 }), ...flags];
  return { args, ...(executablePath ? { executablePath } : {}) };
}
