// Where tables are declared and where the migration that makes them is written: `npm run db:generate`.
import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './signaling/**/tables.ts',
  out: './signaling/db/migrations',
});
