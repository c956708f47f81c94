// Maths as models write it, brought to the one form that the Markdown reader takes: `$$ x $$` within a line, and between two lines of
// `$$` where it stands alone. Pure. Never touches code; a dollar that is money stays one.
import { findCode } from './find-code.ts';

export interface MathText {
  text: string;
  /** There is maths in it, or some is being written: it is worth loading what sets it. */
  hasMath: boolean;
}

interface Formula {
  tex: string;
  /** Behind the mark that closes it. */
  end: number;
}

/** Marks that may open a formula, and what a backslash makes plain. */
const OPENINGS = /\\[\s\S]|\$+/g;
/** What may end one, or forbids it: an empty line. */
const ENDINGS = /\\[\s\S]|\$+|\n[ \t>]*(?=\n)/g;
const CLOSING: Readonly<Record<string, string>> = { '\\(': '\\)', '\\[': '\\]', $$: '$$' };
/** Quotes and list items that a line is in. */
const CONTAINERS = /^(?:[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t])*/;
/** Lines that cannot be broken: of a table, and headings. */
const ONE_LINE = /^[ \t>]*(?:\||#{1,6}[ \t])/;
/** `$HOME/$USER`, `$5,$6`: whatever these end is no formula. */
const NO_TEX_END = /[\s,/;:(]$/;
/** A fence of this language is set as maths. */
const FENCE_LANGUAGE = 'math';

/**
 * Reads `\( \)`, `\[ \]`, `$$ $$`, and `$ $` by Pandoc's rule: nothing but the formula touches the marks on their inner sides, and no
 * digit follows. What is not closed yet stays as it was written.
 *
 * @param canSet false where nothing sets formulas (yet): they stay as they were written, and nothing in them is Markdown.
 */
export function readMath(source: string, canSet = true): MathText {
  const code = findCode(source);
  let text = '';
  let hasMath = false;
  let at = 0;
  const take = (until: number): void => {
    text += source.slice(at, until);
    at = until;
  };
  const write = (formula: Formula, isDisplay: boolean): void => {
    hasMath = true;
    if (!canSet) text += plain(source.slice(at, formula.end));
    else if (isDisplay) text += display(source, at, formula);
    else text += `$$ ${inOneLine(formula.tex)} $$`;
    at = formula.end;
    if (canSet && isDisplay) at = skipEnding(source, at).end;
  };
  /** Where no formula of these marks ends: each is looked for once. */
  const deadEnds = new Map<string, number>();
  const readProse = (to: number): void => {
    for (;;) {
      OPENINGS.lastIndex = at;
      const mark = OPENINGS.exec(source);
      if (!mark || mark.index >= to) {
        take(to);
        return;
      }
      take(mark.index);
      const opening = mark[0];
      const formula = opening === '$' ? dollars(source, at, to) : formulaOf(source, { at, to, opening, deadEnds });
      if (formula === 'begun') {
        hasMath = true;
        text += plain(source.slice(at));
        at = to;
      } else if (formula) write(formula, isAlone(source, at, opening));
      else {
        // Two dollars that are no mark must not become one again.
        text += opening.startsWith('$$') ? opening.replaceAll('$', '\\$') : opening;
        at += opening.length;
      }
    }
  };
  for (const part of code) {
    readProse(part.start);
    const isMath = part.info === FENCE_LANGUAGE;
    hasMath ||= isMath;
    const block = source.slice(part.start, part.end);
    // Half a formula is an error: it is shown as code until it is whole.
    text += isMath && part.isOpen ? block.replace(FENCE_LANGUAGE, 'tex') : block;
    at = part.end;
  }
  readProse(source.length);
  return { text, hasMath };
}

interface Mark {
  at: number;
  /** The prose that it stands in ends here. */
  to: number;
  opening: string;
  deadEnds: Map<string, number>;
}

/** `begun`: nothing but its own text has come behind the mark. */
function formulaOf(source: string, { at, to, opening, deadEnds }: Mark): Formula | 'begun' | undefined {
  const closing = CLOSING[opening];
  if (closing === undefined) return undefined;
  const from = at + opening.length;
  // A block may have empty lines: its marks have lines of their own.
  const isBlock = opening !== '\\(' && source[from] === '\n' && startsLine(source, at);
  const deadEnd = deadEnds.get(opening) ?? 0;
  let isBroken = deadEnd > from;
  if (isBroken && !isBlock) return undefined;
  ENDINGS.lastIndex = Math.max(from, deadEnd);
  for (let found = ENDINGS.exec(source); found && found.index < to; found = ENDINGS.exec(source)) {
    if (found[0] === closing) return texOf(source, { from, to: found.index, opening, end: ENDINGS.lastIndex });
    if (!found[0].startsWith('\n')) continue;
    isBroken = true;
    if (isBlock) continue;
    deadEnds.set(opening, found.index);
    return undefined;
  }
  deadEnds.set(opening, to);
  return isBroken || to < source.length ? undefined : 'begun';
}

function texOf(
  source: string,
  { from, to, opening, end }: { from: number; to: number; opening: string; end: number },
): Formula | undefined {
  const tex = source.slice(from, to).trim();
  // `\[1\]` and `\[x\]` are brackets that Markdown was to leave alone.
  const isBracket = opening === '\\[' && /^\w?$|^\d+$/.test(tex);
  return tex === '' || isBracket ? undefined : { tex, end };
}

/** Between two single dollars of a line. */
function dollars(source: string, at: number, to: number): Formula | undefined {
  const from = at + 1;
  if (/[\w/]/.test(source[at - 1] ?? ' ') || /\s/.test(source[from] ?? ' ')) return undefined;
  ENDINGS.lastIndex = from;
  for (let found = ENDINGS.exec(source); found && found.index < to; found = ENDINGS.exec(source)) {
    if (found[0].startsWith('\n')) return undefined;
    if (found[0].startsWith('\\')) continue;
    const tex = source.slice(from, found.index);
    const isFormula =
      found[0] === '$' &&
      !tex.includes('\n') &&
      !NO_TEX_END.test(tex) &&
      !/[\dA-Z]/.test(source[ENDINGS.lastIndex] ?? ' ');
    return isFormula ? { tex, end: ENDINGS.lastIndex } : undefined;
  }
  return undefined;
}

const lineBefore = (source: string, at: number): string => source.slice(source.lastIndexOf('\n', at - 1) + 1, at);

const containersOf = (line: string): string => CONTAINERS.exec(line)?.[0] ?? '';

function startsLine(source: string, at: number): boolean {
  const line = lineBefore(source, at);
  return containersOf(line).length === line.length;
}

/** Whether a formula gets lines of its own. */
const isAlone = (source: string, at: number, opening: string): boolean => {
  if (opening === '\\[') return !ONE_LINE.test(lineBefore(source, at));
  return opening === '$$' && startsLine(source, at);
};

const inOneLine = (tex: string): string => tex.replace(/\s*\n[ \t>]*/g, ' ');

/** Lines of its own, as deep in lists and quotes as the line that it stands in. */
function display(source: string, at: number, { tex, end }: Formula): string {
  const line = lineBefore(source, at);
  const prefix = containersOf(line).replace(/[^\s>]/g, ' ');
  const quotes = prefix.split('>').length - 1;
  const inner = new RegExp(`^(?:[ \\t]*>){0,${quotes}}[ \\t]*`);
  const { punctuation, isLineEnd } = skipEnding(source, end);
  const lines = `${tex}${punctuation}`.split('\n').map((each) => each.replace(inner, ''));
  const before = startsLine(source, at) ? '' : `\n${prefix}`;
  const own = ['$$', ...lines.filter((each) => each !== ''), '$$'].join(`\n${prefix}`);
  return `${before}${own}${isLineEnd ? '' : `\n${prefix}`}`;
}

/** The full stop of a sentence that ends with a formula stands within it, not on a line of its own. */
function skipEnding(source: string, at: number): { punctuation: string; end: number; isLineEnd: boolean } {
  const ending = /[ \t]*([.,;:]?)[ \t]*/y;
  ending.lastIndex = at;
  const punctuation = ending.exec(source)?.[1] ?? '';
  const end = ending.lastIndex;
  return { punctuation, end, isLineEnd: end >= source.length || source[end] === '\n' };
}

/** Text in which Markdown finds no mark. */
const plain = (text: string): string => text.replace(/\n[ \t]*/g, '\n').replace(/[!-/:-@[-`{-~]/g, '\\$&');
