// What the owner has done, newest first.
import type { AdminAct } from '../../protocol/http/admin.ts';
import { formatWhen } from '../format/format-when.ts';
import { adminText } from '../text/english/admin.ts';
import { readActs } from './admin-api.ts';
import { AdminList } from './admin-list.tsx';

export function ActSection() {
  return (
    <AdminList
      title={adminText.sections.acts}
      testId="admin-acts"
      read={readActs}
      keyOf={({ id }) => id}
      none={adminText.acts.none}
      row={(act) => <ActRow act={act} />}
    />
  );
}

function ActRow({ act: { act, at, detail, name, subject } }: { act: AdminAct }) {
  const { names } = adminText.acts;
  const known = Object.hasOwn(names, act) ? names[act as keyof typeof names] : act;
  return (
    <div className="flex flex-wrap justify-between gap-x-4 gap-y-1" data-act={act}>
      <span className="min-w-0 flex-1 basis-48">
        <span className="font-medium">{known}</span>
        {subject !== null && (
          <bdi data-words="program" className="block break-all text-muted text-sm" title={subject}>
            {name ?? subject}
          </bdi>
        )}
        {detail !== null && (
          <bdi data-words="program" className="block break-words text-muted text-sm">
            {detail}
          </bdi>
        )}
      </span>
      <time dateTime={at.toISOString()} className="text-muted text-sm">
        {formatWhen(at, new Date())}
      </time>
    </div>
  );
}
