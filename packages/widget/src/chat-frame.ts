// The frame with the chat in it, and the one channel to it: who is taken for the chat, and what is held until it is there. Knows no
// element.
import { type FromChat, type Hello, type Here, type Look, type ToChat, WIDGET_VERSION } from './words.ts';

/** A frame that the browser blocks says nothing to anybody: that it stays silent for so long is how it is known. */
const HELLO_WITHIN_MS = 10_000;

export interface ChatFrameOptions {
  frame: HTMLIFrameElement;
  /** What it shows; only this address's origin is spoken to and heard. */
  address: URL;
  look(): Look;
  /** `reply`: to whoever has said it, and not to a chat that was loaded since. */
  onMessage(message: FromChat, reply: (message: ToChat) => void): void;
  /** It was there before: who asked it has no answer any more. */
  onReloaded(): void;
  /** True: it has said nothing in time. False: now it has. */
  onSilent(isSilent: boolean): void;
}

export class ChatFrame {
  readonly #options: ChatFrameOptions;
  #port: MessagePort | undefined;
  #held: ToChat[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ChatFrameOptions) {
    this.#options = options;
    addEventListener('message', this.#hear);
    this.#timer = setTimeout(() => options.onSilent(true), HELLO_WITHIN_MS);
    options.frame.src = options.address.href;
  }

  /** Held until the chat is there. */
  send(message: ToChat): void {
    if (this.#port) this.#port.postMessage(message);
    else this.#held.push(message);
  }

  close(): void {
    clearTimeout(this.#timer);
    removeEventListener('message', this.#hear);
    this.#port?.close();
  }

  /** Each time that the chat is loaded it says so, and gets a channel of its own. */
  readonly #hear = ({ source, origin, data }: MessageEvent): void => {
    const { frame, address, look, onMessage, onReloaded, onSilent } = this.#options;
    const here = data as Partial<Here> | null;
    if (source !== frame.contentWindow || origin !== address.origin) return;
    if (here?.computePool !== 'here' || here.version !== WIDGET_VERSION) return;
    clearTimeout(this.#timer);
    onSilent(false);
    if (this.#port) onReloaded();
    this.#port?.close();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    // Only the chat has the other end.
    port1.onmessage = ({ data }: MessageEvent<FromChat>) => onMessage(data, (message) => port1.postMessage(message));
    const hello: Hello = { computePool: 'hello', version: WIDGET_VERSION, look: look() };
    frame.contentWindow!.postMessage(hello, address.origin, [port2]);
    for (const message of this.#held) port1.postMessage(message);
    this.#held = [];
  };
}
