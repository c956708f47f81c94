// Where the person writes. Enter sends, Shift+Enter makes a new line.
import { type FormEvent, type KeyboardEvent, useId } from 'react';

interface Props {
  text: string;
  onText(text: string): void;
  streaming: boolean;
  /** The text waits for a coalition and is sent by itself. */
  queued: boolean;
  onSend(): void;
  onStop(): void;
  onUnqueue(): void;
}

export function Composer({ text, onText, streaming, queued, onSend, onStop, onUnqueue }: Props) {
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
          Will be sent as soon as it can be answered.
          <button type="button" className="link min-h-9" onClick={onUnqueue}>
            Do not send
          </button>
        </p>
      )}
      <div className="flex items-end gap-2">
        <label htmlFor={id} className="sr-only">
          Your message
        </label>
        <textarea
          id={id}
          data-testid="composer"
          className="field field-sizing-content max-h-60 min-h-12 resize-none py-2.5"
          rows={1}
          value={text}
          onChange={(event) => onText(event.target.value)}
          onKeyDown={key}
          placeholder="Ask something"
          aria-describedby={`${id}-hint`}
        />
        {streaming ? (
          <button type="button" data-testid="stop" className="button min-h-12" onClick={onStop}>
            Stop
          </button>
        ) : (
          <button
            type="submit"
            data-testid="send"
            className="button button-primary min-h-12"
            disabled={text.trim() === ''}
          >
            Send
          </button>
        )}
      </div>
      <p id={`${id}-hint`} className="sr-only">
        Enter sends, Shift and Enter makes a new line.
      </p>
    </form>
  );
}
