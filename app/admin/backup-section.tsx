// Takes a backup and hands it to the browser as a file.
import { useState } from 'react';
import type { AdminSettings } from '../../protocol/http/admin.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { useTask } from '../state/use-task.ts';
import { adminText } from '../text/english/admin.ts';
import { fill } from '../text/fill.ts';
import { Card } from '../ui/card.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { takeBackup } from './admin-api.ts';

const RESTORE = 'npm start -- --data-dir FOLDER --restore FILE';
const DUMP = 'pg_dump';

export function BackupSection({ database }: Pick<AdminSettings, 'database'>) {
  const text = adminText.backup;
  const [bytes, setBytes] = useState<number>();
  const task = useTask();
  const take = () =>
    task.run(async () => {
      const { archive, name } = await takeBackup();
      saveFile(archive, name);
      setBytes(archive.size);
    });
  if (database === 'postgres') {
    return (
      <Card title={text.title} testId="backup">
        <p className="max-w-prose">{fill(text.postgres, { command: <Command words={DUMP} /> })}</p>
      </Card>
    );
  }
  return (
    <Card title={text.title} testId="backup">
      <p className="max-w-prose text-muted text-sm">{text.intro}</p>
      <p className="mt-2 max-w-prose text-muted text-sm">{text.sealElsewhere}</p>
      <button type="button" className="button mt-4" disabled={task.busy} onClick={() => void take()}>
        {text.take}
      </button>
      {task.busy && (
        <div className="mt-3">
          <LoadingLine>{text.taking}</LoadingLine>
        </div>
      )}
      {task.error && (
        <div className="mt-3">
          <ErrorCard error={task.error} />
        </div>
      )}
      <p role="status" className="mt-2 text-sm">
        {bytes !== undefined && !task.busy && text.taken(formatBytes(bytes))}
      </p>
      <p className="mt-2 max-w-prose text-muted text-sm">
        {fill(text.restore, { command: <Command words={RESTORE} /> })}
      </p>
    </Card>
  );
}

const Command = ({ words }: { words: string }) => (
  <code data-words="program" className="break-words font-mono text-sm">
    {words}
  </code>
);

function saveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
