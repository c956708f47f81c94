// All pools: the owner lets each serve or rest, whoever made it, and removes those that accounts made.
import type { PoolInfo } from '../../protocol/http/pool.ts';
import { readPoolId } from '../../protocol/ids.ts';
import { formatPlural } from '../format/format-count.ts';
import { formatModel } from '../format/format-model.ts';
import { readPools } from '../state/read-pools.ts';
import { useTask } from '../state/use-task.ts';
import { adminText } from '../text/english/admin.ts';
import { uiText } from '../text/english/ui.ts';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { loadPool, type ReadList, removePool, unloadPool } from './admin-api.ts';
import { AdminList } from './admin-list.tsx';

/** The server has 200 at most: all in one part. */
const readAll: ReadList<PoolInfo> = async (_, signal) => ({ rows: await readPools(signal), next: null });

export function PoolSection() {
  return (
    <AdminList
      title={adminText.sections.pools}
      testId="admin-pools"
      read={readAll}
      keyOf={({ pool }) => pool}
      none={adminText.pools.none}
      row={(pool, reload) => <PoolRow pool={pool} onChanged={reload} />}
    />
  );
}

function PoolRow({ pool, onChanged }: { pool: PoolInfo; onChanged(): void }) {
  const { pool: id, isKept, createdBy, loaded, peers } = pool;
  const text = adminText.pools;
  const task = useTask();
  const ref = readPoolId(id);
  const name = ref ? formatModel(ref) : id;
  const whose = !isKept ? text.ofTabs : createdBy === null ? text.ofServer : text.ofAccount;
  const change = async (work: () => Promise<void>) => {
    if (await task.run(work)) onChanged();
  };
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2" data-loaded={loaded}>
        <span className="min-w-0 flex-1 basis-48">
          <span data-words="program" className="block break-words font-medium" title={id}>
            {name}
          </span>
          <span className="text-muted text-sm">
            {text.facts(formatPlural(peers, 'tab'), whose)}
            {!loaded && `, ${text.rests}`}
          </span>
        </span>
        {isKept && loaded && (
          <ConfirmButton
            label={text.unload}
            subject={text.whichPool(name)}
            warning={text.unloadWarning}
            confirmLabel={text.unload}
            disabled={task.busy}
            onConfirm={() => void change(() => unloadPool(id))}
          />
        )}
        {isKept && !loaded && (
          <button
            type="button"
            className="button button-small"
            disabled={task.busy}
            onClick={() => void change(() => loadPool(id))}
          >
            {text.load}
            <span className="sr-only">{uiText.confirm.which(text.whichPool(name))}</span>
          </button>
        )}
        {createdBy !== null && (
          <ConfirmButton
            label={text.remove}
            subject={text.whichPool(name)}
            warning={text.removeWarning}
            confirmLabel={text.removeConfirm}
            disabled={task.busy}
            onConfirm={() => void change(() => removePool(id))}
          />
        )}
      </div>
      {task.error && <ErrorCard error={task.error} />}
    </>
  );
}
