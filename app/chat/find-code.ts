// Where code stands in a Markdown text: blocks between fences, and spans. Pure. Reads lines as CommonMark does, but takes a fence at
// any depth of lists and quotes: a model that means code is believed.

/** A stretch `[start, end)` of the text that is code, its marks included. */
export interface CodePart {
  start: number;
  end: number;
  /** What stands behind the marks that open a block, e.g. "python"; a span has none. */
  info?: string;
  /** The block's closing line has not come: it goes on to the end of the text. */
  isOpen?: true;
  /** The marks that open it, e.g. "```". */
  marks: string;
}

/** Quotes and list items that a line may be in, then the marks. */
const OPENING = /^(?:[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t])*(?:(`{3,})([^`]*)|(~{3,})(.*))$/;

/** In the order of the text; no two overlap. */
export function findCode(text: string): CodePart[] {
  const parts: CodePart[] = [];
  let block: CodePart | undefined;
  /** From here on no span has been looked for. */
  let proseFrom = 0;
  for (let start = 0; start <= text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    if (block) {
      if (closes(line, block.marks)) {
        const { isOpen: _closed, ...closed } = block;
        parts.push({ ...closed, end });
        block = undefined;
        proseFrom = end;
      }
    } else {
      const [, ticks, ticksInfo, tildes, tildesInfo] = OPENING.exec(line) ?? [];
      const marks = ticks ?? tildes;
      if (marks !== undefined) {
        parts.push(...findSpans(text, proseFrom, start));
        block = { start, end: text.length, info: (ticksInfo ?? tildesInfo ?? '').trim(), isOpen: true, marks };
      }
    }
    start = end + 1;
  }
  return block ? [...parts, block] : [...parts, ...findSpans(text, proseFrom, text.length)];
}

function closes(line: string, marks: string): boolean {
  const found = line.replace(/^[ \t>]+/, '').trimEnd();
  return found.length >= marks.length && found === marks.charAt(0).repeat(found.length);
}

/** Spans between runs of as many backticks, which may go over lines but not over an empty one. */
function findSpans(text: string, from: number, to: number): CodePart[] {
  const parts: CodePart[] = [];
  const runs = /\\[\\`]|`+/g;
  runs.lastIndex = from;
  for (let run = runs.exec(text); run && run.index < to; run = runs.exec(text)) {
    const marks = run[0];
    // A backslash takes the meaning from the backtick behind it.
    if (marks.startsWith('\\')) continue;
    const end = spanEnd(text, { from: runs.lastIndex, to, marks });
    if (end === undefined) continue;
    parts.push({ start: run.index, end, marks });
    runs.lastIndex = end;
  }
  return parts;
}

function spanEnd(text: string, { from, to, marks }: { from: number; to: number; marks: string }): number | undefined {
  const ends = /`+|\n[ \t>]*(?=\n)/g;
  ends.lastIndex = from;
  for (let found = ends.exec(text); found && found.index < to; found = ends.exec(text)) {
    if (found[0] === marks) return ends.lastIndex;
    if (found[0].startsWith('\n')) return undefined;
  }
  return undefined;
}
