// What the account that made a pool may do with it: load or unload, who takes part, delete.
import { type FormEvent, useState } from 'react';
import type { PoolLive } from '../../protocol/http/pool-state.ts';
import { useTask } from '../state/use-task.ts';
import { poolsText } from '../text/english/pools.ts';
import { Card } from '../ui/card.tsx';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { TextField } from '../ui/text-field.tsx';
import { addPoolPeer, changePool, deletePool, loadPool, removePoolPeer } from './pool-api.ts';
import { readStages } from './pool-form.ts';
import { PoolPeerList } from './pool-peer-list.tsx';

interface Props {
  pool: PoolLive;
  onChange(): void;
  onDeleted(): void;
}

export function PoolOwner({ pool, onChange, onDeleted }: Props) {
  const task = useTask();
  const [stages, setStages] = useState(pool.stages ? String(pool.stages) : '');
  // What was just clicked, until the pool is read again: a box that waits for the server looks broken.
  const [wanted, setWanted] = useState<{ recruit: boolean; before: boolean }>();
  const recruit = wanted && wanted.before === pool.recruit ? wanted.recruit : pool.recruit;
  const count = readStages(stages);
  const run = (work: () => Promise<void>) => void task.run(work).then((done) => done && onChange());
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (!count.problem) run(() => changePool(pool.pool, { stages: count.value ?? null }));
  };
  const setRecruit = (next: boolean) => {
    setWanted({ recruit: next, before: pool.recruit });
    void task
      .run(() => changePool(pool.pool, { recruit: next }))
      .then((done) => {
        if (done) onChange();
        else setWanted(undefined);
      });
  };
  const remove = () => void task.run(() => deletePool(pool.pool)).then((done) => done && onDeleted());
  const text = poolsText.owner;
  return (
    <Card title={text.title} testId="pool-owner">
      <div className="flex flex-wrap items-center gap-3">
        <button
          type="button"
          className="button"
          disabled={task.busy}
          onClick={() => run(() => loadPool(pool.pool, !pool.loaded))}
        >
          {pool.loaded ? text.unload : text.load}
        </button>
        <p className="min-w-0 flex-1 basis-48 text-muted text-sm">
          {pool.loaded ? text.loadedHint : text.unloadedHint}
        </p>
        <ConfirmButton
          label={text.remove}
          subject={text.removeWhich}
          warning={text.removeWarning}
          confirmLabel={text.removeConfirm}
          disabled={task.busy}
          onConfirm={remove}
        />
      </div>
      <form onSubmit={save} className="mt-5 flex flex-wrap items-start gap-3">
        <div className="w-40">
          <TextField
            label={poolsText.form.stages}
            value={stages}
            onText={setStages}
            mono
            placeholder={poolsText.form.automatic}
            problem={count.problem}
          />
        </div>
        <button type="submit" className="button mt-[1.875rem]" disabled={task.busy || Boolean(count.problem)}>
          {text.save}
        </button>
      </form>
      <label className="mt-5 flex items-start gap-3">
        <input
          type="checkbox"
          className="mt-1 size-4 shrink-0 accent-accent"
          checked={recruit}
          disabled={task.busy}
          onChange={(event) => setRecruit(event.target.checked)}
        />
        <span>
          <span className="font-medium">{poolsText.form.recruit}</span>
          <span className="block text-muted text-sm">{text.recruitHint}</span>
        </span>
      </label>
      {!pool.recruit && (
        <PoolPeerList
          members={pool.members.filter(({ isListed }) => isListed).map(({ peer }) => peer)}
          busy={task.busy}
          onAdd={(peer) => run(() => addPoolPeer(pool.pool, peer))}
          onRemove={(peer) => run(() => removePoolPeer(pool.pool, peer))}
        />
      )}
      {task.busy && <LoadingLine>{text.telling}</LoadingLine>}
      {task.error && (
        <div className="mt-4">
          <ErrorCard error={task.error} />
        </div>
      )}
    </Card>
  );
}
