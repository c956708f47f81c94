// Whether this machine has an address. Linux has all of 127.0.0.0/8; macOS has 127.0.0.1 alone until it is told otherwise.
import { createServer } from 'node:net';

export const hasAddress = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(0, address, () => server.close(() => resolve(true)));
  });
