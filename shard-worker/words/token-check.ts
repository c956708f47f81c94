// What the orchestrator's tokens are checked with: its key, and its time. A tab's own clock may be hours off, and what a server
// said may be used for so long is a matter of that server's clock.

export interface TokenCheck {
  /** Public key of the orchestrator that signs tickets and grants, base64url. */
  orchestratorKey(): string;
  /** Seconds since 1970 by the orchestrator's clock. Absent: by this machine's own, for what runs beside the server. */
  nowSeconds?(): number;
}
