// How the site is built: a static export to `out/`, served by the process in signaling/. Never needs a server of Next's.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NextConfig } from 'next';

// Next reports its usage to its makers unless told not to; it reads this after the configuration.
process.env.NEXT_TELEMETRY_DISABLED = '1';

const config: NextConfig = {
  output: 'export',
  // The exporter has no image optimiser, and the pages draw SVG only.
  images: { unoptimized: true },
  // Without this, Turbopack looks for lockfiles above the repository and may take a wrong root.
  turbopack: { root: dirname(fileURLToPath(import.meta.url)) },
  // Types are checked by `npm run check:types` for the whole repository, once. The build reads a tsconfig of its own,
  // because Next writes its wishes into the one that it is given.
  typescript: { ignoreBuildErrors: true, tsconfigPath: 'app/tsconfig.json' },
  poweredByHeader: false,
  devIndicators: false,
};

export default config;
