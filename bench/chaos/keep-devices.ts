// GPU devices of a worker cannot be reached from outside it: its script is given a few lines before its own that keep them.
import type { Route } from '@playwright/test';

const SCRIPT = `if (typeof GPUAdapter !== 'undefined' && !self.keptDevices) {
  const request = GPUAdapter.prototype.requestDevice;
  self.keptDevices = [];
  GPUAdapter.prototype.requestDevice = async function (...given) {
    const device = await request.apply(this, given);
    self.keptDevices.push(device);
    return device;
  };
}
`;

/** For a context's routes. */
export async function KEEP_DEVICES(route: Route): Promise<void> {
  const response = await route.fetch();
  await route.fulfill({ response, body: SCRIPT + (await response.text()) });
}

/** In the worker. Returns how many there were. */
export function destroyDevices(): number {
  const kept = (self as unknown as { keptDevices?: GPUDevice[] }).keptDevices ?? [];
  for (const device of kept) device.destroy();
  return kept.length;
}
