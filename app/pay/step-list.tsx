// Each step of a paid session with its transaction, for whoever wants to look: read when it is opened, and again as the session changes.
import { useCallback, useState } from 'react';
import { useRemote } from '../state/use-remote.ts';
import { languageTag } from '../text/catalogue.ts';
import { payText } from '../text/english/pay.ts';
import { BringWorkflows } from './bring-workflows.tsx';
import { checkWorkflows, readLog, readWorkflows } from './call-paid.ts';
import { ChainLink } from './chain-link.tsx';
import { SaveWorkflows } from './save-workflows.tsx';
import type { KeptSession, LogRow, PaidSession } from './shapes.ts';

const EVERY_MS = 4_000;

export function StepList({ kept: { id, key }, session }: { kept: KeptSession; session: PaidSession }) {
  const [isOpen, setOpen] = useState(false);
  const isShown = isOpen || session.state === 'over';
  const read = useCallback(() => readLog(id, key), [id, key]);
  const log = useRemote(isShown ? read : undefined, session.state === 'over' ? undefined : EVERY_MS);
  return (
    <details className="mt-3" open={isShown} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="py-1 text-muted">{payText.session.steps}</summary>
      <StepItems rows={log.value ?? []} chainId={session.chain_id} />
      <SaveWorkflows read={() => readWorkflows(id, key)} id={id} />
      <BringWorkflows check={(workflows) => checkWorkflows(id, key, workflows)} />
    </details>
  );
}

/** Read by payer and operators alone: whoever shows them has the key, or the login. */
export function StepItems({ rows, chainId }: { rows: readonly LogRow[]; chainId: number }) {
  return (
    <ol className="mt-1 space-y-1" data-testid="pay-steps">
      {rows.map((row) => (
        <Step key={row.transaction} row={row} chainId={chainId} />
      ))}
    </ol>
  );
}

function Step({ row, chainId }: { row: LogRow; chainId: number }) {
  const { steps, stepStates } = payText;
  const name = Object.hasOwn(steps, row.step) ? steps[row.step as keyof typeof steps] : row.step;
  const time = row.at === null ? '' : new Date(row.at * 1000).toLocaleTimeString(languageTag());
  return (
    <li className="flex flex-wrap gap-x-2" data-step={row.step} data-state={row.state}>
      <span className="font-medium">{name}</span>
      <span className="text-muted">{row.state === 'mined' ? time : stepStates[row.state]}</span>
      <ChainLink chainId={chainId} kind="tx" value={row.transaction} />
    </li>
  );
}
