// Who may open an account, as the server's owner has decided it.
import * as z from 'zod/mini';

/** Who may open an account: anybody, who has a code, or nobody. */
export const REGISTRATIONS = ['open', 'invite', 'closed'] as const;
export const registrationSchema = z.enum(REGISTRATIONS);
export type Registration = z.infer<typeof registrationSchema>;
