// How a person wants to be answered: what the picker offers and what it asks of the peer. Pure.
import type { Mode } from '../../protocol/route-plan.ts';
import type { AskRequest } from '../../shard-worker/index.ts';

/** A batch is not asked for in a conversation. */
export type ChatMode = 'auto' | Exclude<Mode, 'batch'>;

export const CHAT_MODES: readonly ChatMode[] = ['auto', 'solo', 'lan', 'speculative'];

/** `mode` of an address; undefined for none or for one that is not offered. */
export const readChatMode = (text: string | null): ChatMode | undefined => CHAT_MODES.find((mode) => mode === text);

/** The field of a request; the planner chooses where the person does not. */
export const modeRequest = (mode: ChatMode): Pick<AskRequest, 'mode'> => (mode === 'auto' ? {} : { mode });

/** Whether a question may be sent now: alone the tab needs its own model, otherwise a coalition. */
export function canAsk(mode: ChatMode, { coalition, local }: { coalition: boolean; local: boolean }): boolean {
  if (mode === 'solo') return local;
  return mode === 'auto' ? coalition || local : coalition;
}
