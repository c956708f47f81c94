// Where the person writes. Enter sends, Shift+Enter makes a new line.
import { type FormEvent, type KeyboardEvent, type RefObject, useId } from 'react';
import { chatText } from '../text/english/chat.ts';

interface Props {
  field: RefObject<HTMLTextAreaElement | null>;
  text: string;
  onText(text: string): void;
  /** The focus went to nothing. */
  onLost(): void;
  streaming: boolean;
  /** The text waits for a coalition and is sent by itself. */
  queued: boolean;
  onSend(): void;
  onStop(): void;
  onUnqueue(): void;
}

export function Composer({ field, text, onText, onLost, streaming, queued, onSend, onStop, onUnqueue }: Props) {
  const id = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSend();
  };
  const key = (event: KeyboardEvent) => {
    // An Enter that ends the composition of a Chinese or Japanese word is no wish to send.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    onSend();
  };
  return (
    <form onSubmit={submit}>
      {queued && (
        <p className="mb-2 flex flex-wrap items-center gap-x-3 text-sm" role="status">
          {chatText.composer.queued}
          <button type="button" className="link min-h-9" onClick={onUnqueue}>
            {chatText.composer.unqueue}
          </button>
        </p>
      )}
      <div className="flex items-end gap-2">
        <label htmlFor={id} className="sr-only">
          {chatText.composer.label}
        </label>
        <textarea
          ref={field}
          id={id}
          data-testid="composer"
          dir="auto"
          className="field field-sizing-content max-h-60 min-h-12 resize-none py-2.5"
          rows={1}
          value={text}
          onChange={(event) => onText(event.target.value)}
          onKeyDown={key}
          onBlur={(event) => event.relatedTarget === null && onLost()}
          placeholder={chatText.composer.placeholder}
          aria-describedby={`${id}-hint`}
        />
        {/* Two places: the second click of a double one stops nothing. */}
        {streaming && (
          <button type="button" data-testid="stop" className="button min-h-12" onClick={onStop}>
            {chatText.composer.stop}
          </button>
        )}
        <button
          type="submit"
          data-testid="send"
          className="button button-primary min-h-12"
          // Not `disabled`: a second click would take the focus out of the composer.
          aria-disabled={streaming || text.trim() === ''}
          onMouseDown={(event) => event.preventDefault()}
        >
          {chatText.composer.send}
        </button>
      </div>
      <p id={`${id}-hint`} className="sr-only">
        {chatText.composer.hint}
      </p>
    </form>
  );
}
