// All conversations that this browser keeps: found, renamed, deleted, saved as a file and brought back.
import { useEffect, useState } from 'react';
import { chatText } from '../text/english/chat.ts';
import { ConfirmButton } from '../ui/confirm-button.tsx';
import { findTalks, type KeptTalk, type TalkHead } from './kept-talks.ts';
import { titleOf } from './talk-title.ts';
import { talkKeeper, withTalk } from './window-talk.ts';

const MOST_SHOWN = 200;

interface Props {
  /** Which one is shown. */
  shown: string;
  /** Another one when the list may be another one. */
  version: string | number;
  onDone(): void;
}

export function TalkList({ shown, version, onDone }: Props) {
  const [talks, setTalks] = useState<readonly TalkHead[]>();
  /** With all that was said in them: read once somebody looks for words. */
  const [texts, setTexts] = useState<readonly KeptTalk[]>();
  const [wanted, setWanted] = useState('');
  const [problem, setProblem] = useState('');
  const isLooking = wanted.trim() !== '';
  const reload = async () => {
    try {
      setTalks(await talkKeeper.list());
      setTexts(isLooking ? await talkKeeper.readAll() : undefined);
    } catch {
      setTalks([]);
      setProblem(chatText.talks.nothingKept);
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is kept changes with the conversation
  useEffect(() => void reload(), [version, isLooking]);
  const found = isLooking ? findTalks(texts ?? [], wanted) : (talks ?? []);
  const unshown = found.length - MOST_SHOWN;

  const rename = async ({ id }: TalkHead, title: string) => {
    if (id === shown) withTalk((talk) => talk.rename(title));
    else {
      const kept = await talkKeeper.read(id);
      if (kept) await talkKeeper.keep({ ...kept, title: title.trim() || titleOf(kept.turns) });
    }
    await reload();
  };
  const open = async ({ id }: TalkHead) => {
    const kept = id === shown ? undefined : await talkKeeper.read(id);
    if (kept) withTalk((talk) => talk.open(kept));
    onDone();
  };
  const remove = async (kept: TalkHead) => {
    await talkKeeper.remove(kept.id);
    if (kept.id === shown) withTalk((talk) => talk.forget());
    await reload();
  };
  const bring = async (file: File | undefined) => {
    if (!file) return;
    setProblem('');
    try {
      const { readTalks } = await import('./talk-file.ts');
      for (const kept of readTalks(await file.text())) {
        // What is here already may say more of how it was answered.
        if (!(await talkKeeper.read(kept.id))) await talkKeeper.keep(kept);
      }
    } catch (thrown) {
      setProblem((thrown as Error).message);
    }
    await reload();
  };

  const save = async () => {
    const { writeTalks } = await import('./talk-file.ts');
    saveFile(writeTalks(await talkKeeper.readAll()));
  };

  return (
    <div className="panel mt-3 space-y-3 p-4" data-testid="talks">
      <div className="flex flex-wrap gap-2">
        <input
          type="search"
          className="field max-w-xs"
          dir="auto"
          placeholder={chatText.talks.search}
          aria-label={chatText.talks.searchWhat}
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
        <button
          type="button"
          className="button button-small"
          onClick={() => {
            withTalk((talk) => talk.clear(true));
            onDone();
          }}
        >
          {chatText.talks.goPrivate}
        </button>
        <button
          type="button"
          className="button button-small"
          disabled={!talks || talks.length === 0}
          onClick={() => void save()}
        >
          {chatText.talks.save}
        </button>
        <label className="button button-small focus-within:outline-3 focus-within:outline-accent">
          {chatText.talks.bring}
          <input
            type="file"
            accept="application/json,.json"
            className="sr-only"
            onChange={(event) => {
              void bring(event.target.files?.[0]);
              event.target.value = '';
            }}
          />
        </label>
      </div>
      {problem && <p className="rounded-md border border-control bg-warn-soft px-3 py-2 text-sm">{problem}</p>}
      {talks && talks.length === 0 && !problem && <p className="text-muted text-sm">{chatText.talks.none}</p>}
      {talks && talks.length > 0 && (!isLooking || texts) && found.length === 0 && (
        <p className="text-muted text-sm">{chatText.talks.notFound}</p>
      )}
      <ul className="max-h-80 divide-y divide-line overflow-y-auto">
        {found.slice(0, MOST_SHOWN).map((kept) => (
          <TalkItem
            key={kept.id}
            kept={kept}
            isShown={kept.id === shown}
            onOpen={() => void open(kept)}
            onRename={(title) => void rename(kept, title)}
            onRemove={() => void remove(kept)}
          />
        ))}
      </ul>
      {unshown > 0 && <p className="text-muted text-sm">{chatText.talks.older(unshown)}</p>}
      <p className="text-muted text-sm">{chatText.talks.where}</p>
    </div>
  );
}

interface ItemProps {
  kept: TalkHead;
  isShown: boolean;
  onOpen(): void;
  onRename(title: string): void;
  onRemove(): void;
}

function TalkItem({ kept, isShown, onOpen, onRename, onRemove }: ItemProps) {
  const [title, setTitle] = useState<string>();
  if (title !== undefined) {
    return (
      <li className="py-2">
        <form
          className="flex flex-wrap gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            onRename(title);
            setTitle(undefined);
          }}
        >
          <input
            className="field min-w-0 flex-1"
            dir="auto"
            aria-label={chatText.talks.name}
            maxLength={200}
            value={title}
            // biome-ignore lint/a11y/noAutofocus: the person has just pressed Rename
            autoFocus
            onChange={(event) => setTitle(event.target.value)}
          />
          <button type="submit" className="button button-small">
            {chatText.talks.saveName}
          </button>
        </form>
      </li>
    );
  }
  return (
    <li className="flex flex-wrap items-center gap-x-2">
      <button
        type="button"
        className="min-h-11 min-w-0 flex-1 truncate text-left hover:text-accent"
        aria-current={isShown ? 'true' : undefined}
        dir="auto"
        onClick={onOpen}
      >
        {isShown ? <strong>{kept.title}</strong> : kept.title}
      </button>
      <button type="button" className="button-quiet" onClick={() => setTitle(kept.title)}>
        {chatText.talks.rename}
        <span className="sr-only" dir="auto">
          {' '}
          {kept.title}
        </span>
      </button>
      <ConfirmButton
        label={chatText.talks.delete}
        subject={kept.title}
        warning={chatText.talks.gone}
        confirmLabel={chatText.talks.deleteIt}
        onConfirm={onRemove}
      />
    </li>
  );
}

function saveFile(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'computepool-conversations.json';
  link.click();
  URL.revokeObjectURL(url);
}
