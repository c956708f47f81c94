// What the server's owner has decided while it runs. Kept in the database and, for whoever asks at each request, in memory; where
// nothing was decided it is as the command line says.
import { eq } from 'drizzle-orm';
import type { AdminSettingsChange } from '../../protocol/http/admin.ts';
import { isRegistration, type Registration } from '../../protocol/http/registration.ts';
import { type ModelRef, modelRefSchema } from '../../protocol/ids.ts';
import type { Database } from '../db/open-database.ts';
import { serverSettings } from './tables.ts';

/** What the command line says of it. */
export interface ConfiguredTerms {
  welcomeMicros: number;
  welcomesPerAddressPerDay: number;
  model: ModelRef;
}

export interface Settings extends ConfiguredTerms {
  registration: Registration;
}

export interface ServerSettings {
  readonly configured: ConfiguredTerms;
  /** As they are now. */
  current(): Settings;
  /** Null goes back to what is configured. */
  change(change: AdminSettingsChange): Promise<void>;
}

const NAMES = ['registration', 'welcomeMicros', 'welcomesPerAddressPerDay', 'model'] as const;

/** Reads them; the one writer of the database keeps them from then on. */
export async function createServerSettings(db: Database, terms: ConfiguredTerms): Promise<ServerSettings> {
  const { welcomeMicros, welcomesPerAddressPerDay, model } = terms;
  const configured = { welcomeMicros, welcomesPerAddressPerDay, model };
  const decided = new Map<string, unknown>();
  for (const { name, value } of await db.select().from(serverSettings)) decided.set(name, value);
  const number = (name: string, otherwise: number): number => {
    const value = decided.get(name);
    return typeof value === 'number' ? value : otherwise;
  };
  const registration = (): Registration => {
    const value = decided.get('registration');
    return isRegistration(value) ? value : 'open';
  };
  return {
    configured,
    current: () => ({
      // What an older or a newer server has written is not taken on trust.
      registration: registration(),
      welcomeMicros: number('welcomeMicros', welcomeMicros),
      welcomesPerAddressPerDay: number('welcomesPerAddressPerDay', welcomesPerAddressPerDay),
      model: modelRefSchema.safeParse(decided.get('model')).data ?? model,
    }),
    async change(change) {
      const said = NAMES.flatMap((name) => (change[name] === undefined ? [] : [[name, change[name]] as const]));
      await db.transaction(async (transaction) => {
        for (const [name, value] of said) {
          if (value === null) await transaction.delete(serverSettings).where(eq(serverSettings.name, name));
          else {
            const row = { name, value };
            await transaction
              .insert(serverSettings)
              .values(row)
              .onConflictDoUpdate({ target: serverSettings.name, set: row });
          }
        }
      });
      for (const [name, value] of said) {
        if (value === null) decided.delete(name);
        else decided.set(name, value);
      }
    },
  };
}
