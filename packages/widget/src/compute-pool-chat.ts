// <compute-pool-chat>: a chat with a pool in a frame of its own, in any page. Draws nothing but the frame, and a line in its place
// where the browser blocks it. Styles are set by script and never written into the page, so a page needs no `style-src` for it.
import { ChatFrame } from './chat-frame.ts';
import { type PageWallet, WalletBridge } from './wallet-bridge.ts';
import { type Answer, COLOURS, type FromChat, type Look, type ToChat } from './words.ts';

/** What an element tells, by the name of its event. */
export interface ChatEvents {
  /** Questions may be asked; one that was asked before has waited. Told again when the frame is loaded anew. */
  ready: { pool: string };
  /** More text of what this page asked. */
  token: { ask: number; text: string };
  answer: Answer & { ask: number };
  error: { ask?: number; code: string; message: string; next: string };
  height: { px: number };
}

/** Why there is no answer. */
export class ChatError extends Error {
  readonly code: string;
  /** What somebody can do about it. */
  readonly next: string;

  constructor({ code, message, next }: ChatEvents['error']) {
    super(message);
    this.code = code;
    this.next = next;
  }
}

interface Asked {
  resolve(answer: Answer): void;
  reject(error: ChatError): void;
}

const SHEET =
  ':host{display:block;position:relative;height:var(--compute-pool-height,32rem)}:host([hidden]){display:none}' +
  ':host([autosize]){height:auto;max-height:var(--compute-pool-max-height,40rem);overflow:hidden}' +
  'iframe{display:block;border:0;width:100%;height:100%;max-height:inherit}iframe[hidden]{display:none}p{margin:0;padding:1rem;font:inherit}';

/** Before the link to the pool's page, and behind it. */
const LINES = {
  en: {
    before: 'This page may not show this chat yet. Whoever owns its pool can list it on',
    link: 'the pool’s page',
    after: 'among the pages that may show the chat:',
    next: 'List this page there, or see whether the server runs and whether this page’s own policy lets the frame in.',
  },
  de: {
    before: 'Diese Seite darf den Chat noch nicht zeigen. Wem sein Pool gehört, der kann sie eintragen, auf',
    link: 'der Seite des Pools',
    after: 'bei den Seiten, die den Chat zeigen dürfen:',
    next: 'Trage diese Seite dort ein, oder sieh nach, ob der Server läuft und ob die Seite selbst den Rahmen erlaubt.',
  },
};

/** What another frame is needed for, and what the one that is there is told. */
const ADDRESS = ['host', 'pool', 'offer-lending'];
const LOOK = ['theme', 'lang', 'accent'];

/** Where there is no page this may be imported all the same. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

export class ComputePoolChat extends Base {
  static readonly observedAttributes = [...ADDRESS, ...LOOK];
  /** The server of elements that name none: with a slash at the end. */
  static host = '';

  #chat: ChatFrame | undefined;
  #frame: HTMLIFrameElement | undefined;
  #line: HTMLElement | undefined;
  /** Why the frame stays empty. */
  #blocked: ChatEvents['error'] | undefined;
  readonly #asked = new Map<number, Asked>();
  readonly #bridge = new WalletBridge();
  #count = 0;

  connectedCallback(): void {
    if (!this.shadowRoot) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(SHEET);
      this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [sheet];
    }
    this.#open();
  }

  disconnectedCallback(): void {
    this.close();
  }

  attributeChangedCallback(name: string): void {
    if (!this.#chat) return;
    if (LOOK.includes(name)) this.#chat.send({ type: 'look', look: this.#look() });
    else this.#open();
  }

  /**
   * Asks in the visitor's sight. Rejects with a `ChatError`. A question that nobody can answer yet waits, as one that is written by
   * hand; one at a time.
   *
   * @example
   * const { text } = await document.querySelector('compute-pool-chat').ask('What is a shard?');
   */
  ask(text: string): Promise<Answer> {
    const ask = ++this.#count;
    if (!this.#chat || this.#blocked)
      return Promise.reject(new ChatError({ code: 'closed', ...CLOSED, ...this.#blocked, ask }));
    this.#chat.send({ type: 'ask', ask, text });
    return new Promise((resolve, reject) => this.#asked.set(ask, { resolve, reject }));
  }

  /** Ends what was asked last: the answer is then what there is of it. */
  stop(): void {
    this.#chat?.send({ type: 'stop' });
  }

  /** Takes the chat away, and rejects what was asked. Another `pool`, or putting the element into a page again, opens one. */
  close(): void {
    this.#chat?.close();
    this.#frame?.remove();
    this.#line?.remove();
    this.#chat = this.#frame = this.#line = this.#blocked = undefined;
    this.#failAll({ code: 'closed', ...CLOSED });
  }

  /** The wallet that a visitor pays with (EIP-1193), where the page has one of its own; else those that the browser announces. */
  set wallet(wallet: PageWallet | undefined) {
    this.#bridge.own = wallet;
  }

  get wallet(): PageWallet | undefined {
    return this.#bridge.own;
  }

  /** Listens; gives the way to stop. @example chat.on('token', ({ text }) => out.append(text)); */
  on<Name extends keyof ChatEvents>(name: Name, listener: (detail: ChatEvents[Name]) => void): () => void {
    const hear = (event: Event): void => listener((event as CustomEvent<ChatEvents[Name]>).detail);
    this.addEventListener(name, hear);
    return () => this.removeEventListener(name, hear);
  }

  #open(): void {
    this.close();
    const host = this.getAttribute('host') ?? ComputePoolChat.host;
    if (!URL.canParse(host)) {
      this.#tell('error', { code: 'bad-request', ...NO_HOST });
      return;
    }
    const address = new URL('embed', host.endsWith('/') ? host : `${host}/`);
    const { theme, lang } = this.#look();
    const lend = this.hasAttribute('offer-lending') ? '1' : null;
    for (const [name, value] of Object.entries({ pool: this.getAttribute('pool'), theme, lang, lend }))
      if (value) address.searchParams.set(name, value);
    const frame = document.createElement('iframe');
    frame.title = this.getAttribute('label') ?? 'Chat';
    // For the buttons that copy; nothing else is given to it.
    frame.allow = 'clipboard-write';
    this.shadowRoot!.append(frame);
    this.#frame = frame;
    this.#chat = new ChatFrame({
      ...{ frame, address, look: () => this.#look() },
      onMessage: (message, reply) => this.#hear(message, reply),
      onReloaded: () => this.#failAll({ code: 'closed', ...RELOADED }),
      onSilent: (isSilent) => this.#silent(isSilent, address),
    });
  }

  #look(): Look {
    const style = getComputedStyle(this);
    const colours = Object.fromEntries(
      COLOURS.map((name) => [name, style.getPropertyValue(`--compute-pool-${name}`).trim()]).filter(([, css]) => css),
    );
    const [accent, theme, lang] = ['accent', 'theme', 'lang'].map((name) => this.getAttribute(name));
    return {
      theme: (theme ?? 'system') as 'light' | 'dark' | 'system',
      ...(lang || document.documentElement.lang ? { lang: lang || document.documentElement.lang } : {}),
      colours: { ...colours, ...(accent ? { accent } : {}) },
    };
  }

  #hear(message: FromChat, reply: (message: ToChat) => void): void {
    if (message.type === 'wallet-asked') return void this.#bridge.answer(message, reply);
    const { type, ...detail } = message;
    const { ask, px } = detail as { ask?: number; px?: number };
    const asked = ask === undefined ? undefined : this.#asked.get(ask);
    this.#asked.delete(type === 'answer' || type === 'error' ? (ask ?? -1) : -1);
    if (type === 'height' && this.hasAttribute('autosize')) this.#frame!.style.height = `${px}px`;
    if (type === 'answer') asked?.resolve(detail as Answer);
    if (type === 'error') asked?.reject(new ChatError(detail as ChatEvents['error']));
    this.#tell(type, detail as never);
  }

  /** A browser tells nobody that it blocked a frame, and shows its own words in it. */
  #silent(isSilent: boolean, address: URL): void {
    this.#line?.remove();
    this.#line = this.#blocked = undefined;
    this.#frame!.hidden = isSilent;
    if (!isSilent) return;
    const text = LINES[/^de/i.test(this.#look().lang ?? navigator.language) ? 'de' : 'en'];
    const link = document.createElement('a');
    const pools = new URL('pools', address);
    const pool = address.searchParams.get('pool');
    if (pool) pools.searchParams.set('pool', pool);
    Object.assign(link, { href: pools.href, target: '_blank', rel: 'noopener', textContent: text.link });
    const origin = document.createElement('code');
    origin.textContent = location.origin;
    this.#line = document.createElement('p');
    this.#line.setAttribute('role', 'status');
    this.#line.append(text.before, ' ', link, ' ', text.after, ' ', origin);
    this.shadowRoot!.append(this.#line);
    const error = { code: 'not-allowed', message: this.#line.textContent!, next: text.next };
    this.#blocked = error;
    this.#failAll(error);
    this.#tell('error', error);
  }

  #failAll(error: ChatEvents['error']): void {
    for (const [ask, { reject }] of this.#asked) {
      this.#asked.delete(ask);
      reject(new ChatError(error));
    }
  }

  #tell<Name extends keyof ChatEvents>(name: Name, detail: ChatEvents[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

const CLOSED = { message: 'The chat is closed.', next: 'Open it again, then ask.' };
const RELOADED = { message: 'The chat was loaded anew.', next: 'Ask again.' };
const NO_HOST = {
  message: 'The chat has no server.',
  next: 'Name it in the attribute host, or to defineComputePoolChat.',
};

/** Makes `<compute-pool-chat>` known to this page. `host`: the server of elements that have no attribute of that name. */
export function defineComputePoolChat(host?: string): void {
  if (host !== undefined) ComputePoolChat.host = host;
  if (!customElements.get('compute-pool-chat')) customElements.define('compute-pool-chat', ComputePoolChat);
}

declare global {
  interface HTMLElementTagNameMap {
    'compute-pool-chat': ComputePoolChat;
  }
}
