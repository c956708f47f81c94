// Invite codes: a new one is shown once, the others by their first characters.
import { type FormEvent, useState } from 'react';
import { MAX_INVITE_DAYS, MAX_INVITE_USES, MAX_NOTE_CHARS, type NewInvite } from '../../protocol/http/admin.ts';
import { formatDay } from '../format/format-when.ts';
import { useRemote } from '../state/use-remote.ts';
import { useTask } from '../state/use-task.ts';
import { adminText } from '../text/english/admin.ts';
import { Card } from '../ui/card.tsx';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { TextField } from '../ui/text-field.tsx';
import { endInvite, makeInvite, readInvites } from './admin-api.ts';
import { ShownOnce } from './shown-once.tsx';
import { readWhole } from './whole-number.ts';

export function InviteSection() {
  const text = adminText.invites;
  const invites = useRemote(readInvites);
  const [note, setNote] = useState('');
  const [typedUses, setUses] = useState('1');
  const [typedDays, setDays] = useState('7');
  const [made, setMade] = useState<NewInvite>();
  const task = useTask();
  const uses = readWhole(typedUses, 1, MAX_INVITE_USES);
  const days = readWhole(typedDays, 1, MAX_INVITE_DAYS);

  const make = async (event: FormEvent) => {
    event.preventDefault();
    if (uses === undefined || days === undefined) return;
    const done = await task.run(async () => setMade(await makeInvite({ note: note.trim(), uses, days })));
    if (!done) return;
    setNote('');
    invites.reload();
  };
  const end = async (id: string) => {
    await task.run(() => endInvite(id));
    invites.reload();
    if (made?.id === id) setMade(undefined);
  };
  return (
    <Card title={text.title} testId="invites">
      <p className="max-w-prose text-muted text-sm">{text.intro}</p>
      <form onSubmit={make} className="mt-4 flex flex-wrap items-start gap-3" noValidate>
        <div className="min-w-0 flex-1 basis-40">
          <TextField
            label={text.note}
            value={note}
            onText={setNote}
            maxLength={MAX_NOTE_CHARS}
            placeholder={text.example}
          />
        </div>
        <div className="w-28">
          <TextField
            label={text.uses}
            value={typedUses}
            onText={setUses}
            problem={uses === undefined ? text.usesProblem : undefined}
          />
        </div>
        <div className="w-28">
          <TextField
            label={text.days}
            value={typedDays}
            onText={setDays}
            problem={days === undefined ? text.daysProblem : undefined}
          />
        </div>
        <div className="w-full">
          <button type="submit" className="button button-primary" disabled={task.busy} data-testid="make-invite">
            {text.make}
          </button>
        </div>
      </form>
      {made && (
        <ShownOnce
          title={text.copyNow}
          secret={made.code}
          what="code"
          link={`${window.location.origin}/account?invite=${made.code}`}
          linkLabel={text.link}
          doneLabel={text.kept}
          testId="new-invite"
          onDone={() => setMade(undefined)}
        />
      )}
      {task.error && (
        <div className="mt-4">
          <ErrorCard error={task.error} />
        </div>
      )}
      <div className="mt-4">
        {invites.error && <ErrorCard error={invites.error} onRetry={invites.reload} />}
        {!invites.value && !invites.error && <LoadingLine>{adminText.reading}</LoadingLine>}
        {invites.value?.length === 0 && <p className="text-muted">{text.none}</p>}
        <ul className="divide-y divide-line">
          {invites.value?.map((invite) => (
            <li key={invite.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5" data-testid="invite">
              <span className="min-w-0 flex-1 basis-40">
                <bdi className="block break-words font-medium">{invite.note || text.unnamed}</bdi>
                <span className="text-muted text-sm">
                  {`${text.facts(invite.prefix, invite.used, invite.uses)}, ${text.ends(formatDay(invite.expiresAt))}`}
                </span>
              </span>
              <ConfirmButton
                label={text.end}
                subject={text.whichCode(invite.note || invite.prefix)}
                warning={text.endWarning}
                confirmLabel={text.endConfirm}
                disabled={task.busy}
                onConfirm={() => void end(invite.id)}
              />
            </li>
          ))}
        </ul>
      </div>
    </Card>
  );
}
