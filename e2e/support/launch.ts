// How a spec file asks for another Chromium than the configuration's: one with WebGPU on the CPU, one that finds a server
// at another address, one that gives frames no cookies.
import { findBrowser } from '../../tools/browser/find-browser.ts';
import { type GpuChoice, launchFlags } from '../../tools/browser/launch-flags.ts';

export const softwareGpuLaunch = () => launchWith('software');

/** Whoever asks for `host` is sent to this machine: to the page it is as if the server stood there. */
export const distantLaunch = (host: string) => launchWith('none', `--host-resolver-rules=MAP ${host} 127.0.0.1`);

/** The same, and a page of `origin` counts as secure, as if it came over https. */
export const trustedLaunch = (origin: string) => {
  const { hostname } = new URL(origin);
  return launchWith(
    'none',
    `--host-resolver-rules=MAP ${hostname} 127.0.0.1`,
    `--unsafely-treat-insecure-origin-as-secure=${origin}`,
  );
};

/** A browser that gives no cookie to a frame of another site. */
export const cookielessLaunch = () => launchWith('none', '--test-third-party-cookie-phaseout');

function launchWith(gpu: GpuChoice, ...flags: string[]) {
  const executablePath = findBrowser()?.path;
  const args = [...launchFlags({ gpu, asRoot: process.getuid?.() === 0 }), ...flags];
  return { args, ...(executablePath ? { executablePath } : {}) };
}
