// The links of a tab that serves nothing: its own to the entry and the exit of a coalition. Nobody opens a link to it.
import type { Seat } from '../../protocol/control.ts';
import type { Identity } from '../../protocol/identity.ts';
import type { Link } from '../links/link.ts';
import type { TokenCheck } from '../words/token-check.ts';
import { LinkTable } from './link-table.ts';
import type { TellPage } from './worker-api.ts';

export class AskerLinks {
  readonly links: LinkTable;
  readonly #tickets = new Map<number, string>();

  constructor(identity: () => Identity, trust: TokenCheck, tell: TellPage) {
    this.links = new LinkTable({
      identity,
      trust,
      ticketOf: (epoch) => this.#tickets.get(epoch),
      onReady: () => {},
      onProved: (id) => tell('link-proved', { id }),
      onClosed: (closed) => tell('link-closed', closed),
      onLong: (link) => tell('link-long', link),
    });
  }

  holdTicket(epoch: number, ticket: string): void {
    this.#tickets.set(epoch, ticket);
  }

  /** Undefined until both are proved. */
  driverLinks(epoch: number, seats: readonly Seat[]): { entry: Link; exit: Link } | undefined {
    const [first, last] = [seats[0], seats.at(-1)];
    const entry = first && this.links.get(epoch, 'out', first.peer);
    const exit = last && this.links.get(epoch, 'out', last.peer);
    return entry && exit ? { entry, exit } : undefined;
  }

  closeEpoch(epoch: number): void {
    this.#tickets.delete(epoch);
    this.links.closeEpoch(epoch);
  }
}
