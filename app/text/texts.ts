// What a catalogue is made of.

/** A text, one with gaps to fill, or a group of either. */
export type Text = string | ((...args: never[]) => string) | { readonly [name: string]: Text };
export type Texts = Record<string, Text>;
