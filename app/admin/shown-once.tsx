// What was just made and is never shown again: a code or a link, with ways to copy it.
import type { ComponentProps } from 'react';
import { CopyButton } from '../ui/copy-button.tsx';

interface Props {
  title: string;
  secret: string;
  what: ComponentProps<typeof CopyButton>['what'];
  /** An address that has it in it, beside it. */
  link?: string;
  linkLabel?: string;
  doneLabel: string;
  testId: string;
  onDone(): void;
}

export function ShownOnce({ title, secret, what, link, linkLabel, doneLabel, testId, onDone }: Props) {
  return (
    <div className="mt-4 rounded-md border border-accent bg-accent-soft p-4" role="status" data-testid={testId}>
      <p className="font-semibold">{title}</p>
      <Line text={secret} what={what} />
      {link !== undefined && (
        <>
          <p className="mt-3 text-sm">{linkLabel}</p>
          <Line text={link} what="link" />
        </>
      )}
      <button type="button" className="button button-small mt-3" onClick={onDone}>
        {doneLabel}
      </button>
    </div>
  );
}

function Line({ text, what }: { text: string; what: Props['what'] }) {
  return (
    <div className="mt-2 flex flex-wrap items-center gap-2">
      <code className="min-w-0 flex-1 basis-56 break-all rounded border border-line bg-panel px-3 py-2 font-mono text-sm">
        {text}
      </code>
      <CopyButton text={text} what={what} />
    </div>
  );
}
