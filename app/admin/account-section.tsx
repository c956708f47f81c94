// Accounts, by name, with what the owner can do about each.
import { type FormEvent, useMemo, useState } from 'react';
import { adminText } from '../text/english/admin.ts';
import { TextField } from '../ui/text-field.tsx';
import { AccountRow } from './account-row.tsx';
import { accountList } from './admin-api.ts';
import { AdminList } from './admin-list.tsx';

const MAX_SEARCH_CHARS = 64;

export function AccountSection() {
  const text = adminText.accounts;
  const [typed, setTyped] = useState('');
  const [sought, setSought] = useState('');
  const read = useMemo(() => accountList(sought), [sought]);
  const find = (event: FormEvent) => {
    event.preventDefault();
    setSought(typed.trim());
  };
  return (
    <AdminList
      key={sought}
      title={adminText.sections.accounts}
      testId="admin-accounts"
      read={read}
      keyOf={({ id }) => id}
      none={text.none}
      head={
        <search>
          <form onSubmit={find} className="mb-3 flex flex-wrap items-end gap-3">
            <div className="min-w-0 flex-1 basis-48">
              <TextField label={text.search} value={typed} onText={setTyped} maxLength={MAX_SEARCH_CHARS} />
            </div>
            <button type="submit" className="button">
              {text.find}
            </button>
          </form>
        </search>
      }
      row={(account, reload) => <AccountRow account={account} onChanged={reload} />}
    />
  );
}
