// The end of a form of settings: the button that saves them, and the word that it did.

export function SaveRow({
  words,
  busy,
  saved,
}: {
  words: { save: string; saved: string };
  busy: boolean;
  saved: boolean;
}) {
  return (
    <div className="flex flex-wrap items-center gap-3">
      <button type="submit" className="button button-small" disabled={busy}>
        {words.save}
      </button>
      <span role="status" className="text-sm">
        {saved && words.saved}
      </span>
    </div>
  );
}
