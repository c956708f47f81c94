// One figure of the deck, what it says, and the receipt behind it.
import { pitchText } from '../text/english/pitch.ts';
import type { ReceiptNote } from './pick-numbers.ts';

export function Proof({ value, says, note }: { value: string; says: string; note: ReceiptNote }) {
  const text = pitchText.receipt;
  return (
    <figure className="border-accent border-l-4 pl-4" data-testid="proof">
      <p className="font-mono font-semibold text-4xl">{value}</p>
      <figcaption>
        <p className="mt-2">{says}</p>
        <p className="mt-2 text-muted text-sm">
          <a className="link" href={`/receipts/${note.name}.json`}>
            {text.link} <code className="break-all">{note.name}</code>
          </a>
          <br />
          {text.made(note.date, note.cores)}
          {note.isDirty && ` ${text.dirty}`}
        </p>
      </figcaption>
    </figure>
  );
}
