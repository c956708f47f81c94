// The handshake with the page that shows the chat in a frame. The browser has let it frame the chat already (`frame-ancestors`); here
// it is asked once more who it is. Whoever else can post a message to this window is not heard.
import { type FromChat, type Here, type Look, type ToChat, WIDGET_VERSION } from '../../packages/widget/src/words.ts';
import { readHello, readToChat } from './read-host-message.ts';

/** The page around the frame. */
export interface HostPage {
  /** As its browser says. */
  origin: string;
  say(message: FromChat): void;
}

export interface MeetOptions {
  /** This window, or one like it. */
  here: Pick<Window, 'parent' | 'addEventListener' | 'removeEventListener'>;
  mayHost(origin: string): boolean;
  onMet(host: HostPage, look: Look): void;
  onSaid(message: ToChat): void;
}

/** Says that the chat is there and waits for the page's channel; the first one is the one. Gives the way to stop. */
export function meetHost({ here, mayHost, onMet, onSaid }: MeetOptions): () => void {
  let port: MessagePort | undefined;
  const hear = ({ source, origin, data, ports }: MessageEvent): void => {
    if (source !== here.parent || port || !mayHost(origin)) return;
    const hello = readHello(data);
    const [end] = ports;
    if (!hello || !end) return;
    port = end;
    onMet({ origin, say: (message) => end.postMessage(message) }, hello.look);
    // Setting it begins the channel: what was sent meanwhile comes now.
    end.onmessage = (event) => {
      const said = readToChat(event.data);
      if (said) onSaid(said);
    };
  };
  here.addEventListener('message', hear);
  // Its origin is not known yet, and this tells nothing.
  const told: Here = { computePool: 'here', version: WIDGET_VERSION };
  here.parent.postMessage(told, '*');
  return () => {
    here.removeEventListener('message', hear);
    port?.close();
  };
}
