// The certificates of one connection: read where it is made, proved where its link is.

/** The two certificates that secure the connection, as this side sees them: 64 hex characters each. */
export interface Fingerprints {
  local: string;
  remote: string;
}
