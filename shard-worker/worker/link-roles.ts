// What a proved link is to the stage that has it, by the tickets of both ends. Pure.
import type { Frame } from '../../protocol/frame.ts';
import { mayFeed, type Ticket } from '../../protocol/ticket.ts';
import { ChannelLink } from '../links/channel-link.ts';
import type { Link } from '../links/link.ts';

/** What only the stage before, or a driver in this very worker, may send. */
const UPSTREAM_KINDS: ReadonlySet<Frame['kind']> = new Set(['open', 'step', 'hidden', 'close']);

/** The entry has a link to the exit as well: for results, not to send it frames past the others. */
export function maySend(link: Link, { kind }: Pick<Frame, 'kind'>): boolean {
  if (!UPSTREAM_KINDS.has(kind) || !(link instanceof ChannelLink)) return true;
  const { own, far } = link.standing ?? {};
  return own !== undefined && far !== undefined && mayFeed(far, own);
}

/** Drivers ask the entry alone: the exit hears nothing from them. */
export const comesFromDriver = (link: Link): boolean =>
  link instanceof ChannelLink && link.standing?.far.role === 'driver' && isEntry(link.standing.own);

export const comesFromEntry = ({ standing }: ChannelLink): boolean => standing !== undefined && isEntry(standing.far);

export const leadsToExit = ({ standing }: ChannelLink): boolean =>
  standing !== undefined && standing.far.end === standing.far.layers;

const isEntry = ({ role, start }: Pick<Ticket, 'role' | 'start'>): boolean => role === 'stage' && start === 0;
