// The grant of one job, as stages ask for it and as its driver reads it. Opens nothing itself.
import { type OpenGrant, openGrant } from '../../protocol/grant.ts';

export class JobGrant {
  /** The token that goes into OPEN. */
  readonly grant: string;
  readonly claims: OpenGrant;

  private constructor(grant: string, claims: OpenGrant) {
    this.grant = grant;
    this.claims = claims;
  }

  /** Throws `grant-refused` for a grant that the stages would refuse as well. */
  static async read(grant: string, expected: Parameters<typeof openGrant>[1]): Promise<JobGrant> {
    return new JobGrant(grant, await openGrant(grant, expected));
  }
}
