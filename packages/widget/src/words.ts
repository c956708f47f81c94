// What a page and the chat in its frame say to each other, and in which order: docs/WIDGET.md. Types and one number; loads nothing,
// so that it may be read by the widget, by the chat and by whoever writes a widget of their own.

/** The version of these words: either side is silent to another number. */
export const WIDGET_VERSION = 1;

/** The chat, to whoever frames it, over `postMessage`: it is there. Says nothing else, for it goes to any origin. */
export interface Here {
  computePool: 'here';
  version: typeof WIDGET_VERSION;
}

/** The page's answer, to the chat's own origin alone, with one end of a `MessageChannel`. Everything else goes over that. */
export interface Hello {
  computePool: 'hello';
  version: typeof WIDGET_VERSION;
  look: Look;
}

/** How the chat is to look. What is missing is as the chat has it. */
export interface Look {
  theme?: 'light' | 'dark' | 'system';
  /** BCP 47, e.g. `de`. */
  lang?: string;
  /** CSS colours by what they are for. */
  colours?: { readonly [Name in Colour]?: string };
}

export const COLOURS = ['accent', 'paper', 'panel', 'ink', 'muted', 'line'] as const;
export type Colour = (typeof COLOURS)[number];

/** Page to chat. */
export type ToChat =
  /** `ask` is a number of the page's own. */
  | { type: 'ask'; ask: number; text: string }
  /** What this page asked last is wanted no more, asked or waiting. */
  | { type: 'stop' }
  | { type: 'look'; look: Look }
  /** What a wallet of this page said to the question of that number. */
  | { type: 'wallet-answered'; id: number; result: unknown }
  | { type: 'wallet-answered'; id: number; error: WalletNo };

/** Chat to page. The page hears of what it asked itself, and of nothing that its visitor writes. */
export type FromChat =
  /** Questions may be asked from now on. */
  | { type: 'ready'; pool: string }
  /** More text of an answer. */
  | { type: 'token'; ask: number; text: string }
  | ({ type: 'answer'; ask: number } & Answer)
  | { type: 'error'; ask?: number; code: string; message: string; next: string }
  /** Height of all that there is to show, in CSS pixels. */
  | { type: 'height'; px: number }
  | WalletAsked;

/** The chat asks a wallet of the page, for a payment that its visitor has pressed for. `wallets` gives a list of `WalletInfo`. */
export interface WalletAsked {
  type: 'wallet-asked';
  id: number;
  /** Which of them. */
  rdns?: string;
  /** One of EIP-1193's that a payment needs. */
  method: string;
  params?: readonly unknown[];
}

/** A wallet of the page, as it announces itself (EIP-6963). */
export interface WalletInfo {
  rdns: string;
  name: string;
  icon?: string;
}

/** As EIP-1193 has it. */
export interface WalletNo {
  code: number;
  message: string;
}

export interface Answer {
  /** All of it: what counts, whatever tokens came before. */
  text: string;
  /** `length`: it was cut at the limit of tokens. `cancelled`: somebody stopped it. */
  finishReason: 'stop' | 'length' | 'cancelled';
  /** Tokens of it. */
  tokens: number;
}
