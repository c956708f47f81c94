// Who may open an account, as the server's owner has decided it. No schema: pages read it before anybody has pressed anything.

/** Anybody, who has a code, or nobody. */
export const REGISTRATIONS = ['open', 'invite', 'closed'] as const;
export type Registration = (typeof REGISTRATIONS)[number];

export const isRegistration = (value: unknown): value is Registration =>
  REGISTRATIONS.some((registration) => registration === value);
