// Colours code of the three dozen languages that highlight.js calls common. Loaded only by `rich-parts.ts`.
import rehypeHighlight from 'rehype-highlight';
import type { RichPart } from './rich-part.ts';

// Made once: each one compiles the grammars of all languages anew.
const colour = rehypeHighlight();

export const colourCode: RichPart = { remark: [], rehype: [() => colour] };
