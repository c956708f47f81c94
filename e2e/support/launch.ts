// How a spec file asks for another Chromium than the configuration's: one with WebGPU on the CPU.
import { findBrowser } from '../../tools/browser/find-browser.ts';
import { launchFlags } from '../../tools/browser/launch-flags.ts';

export function softwareGpuLaunch() {
  const executablePath = findBrowser()?.path;
  const args = launchFlags({ gpu: 'software', asRoot: process.getuid?.() === 0 });
  return { args, ...(executablePath ? { executablePath } : {}) };
}
