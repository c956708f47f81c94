// The title of this window: the page's own, in the language that is spoken, and before it that others need this window. The title that
// comes with a page is English, and comes when it likes: it is put right each time.

const SITE = 'ComputePool';

/** What the page now shown is called; undefined: as what came with it says. */
let page: string | undefined;
let prefix = '';
/** What came with the page, and what was put in its place. */
let came = '';
let put: string | undefined;
let watch: MutationObserver | undefined;

function mark(): void {
  const { title } = document;
  if (title !== put) came = title;
  put = `${prefix}${page === undefined ? came : `${page} · ${SITE}`}`;
  if (title !== put) document.title = put;
}

function change(): void {
  mark();
  if (page === undefined && prefix === '') {
    watch?.disconnect();
    watch = undefined;
  } else if (!watch) {
    watch = new MutationObserver(mark);
    watch.observe(document.head, { childList: true, subtree: true, characterData: true });
  }
}

/** Until what it returns is called. */
export function titlePage(title: string): () => void {
  page = title;
  change();
  return () => {
    // The next page may have said its own already.
    if (page !== title) return;
    page = undefined;
    change();
  };
}

/** Until what it returns is called. */
export function prefixTitle(text: string): () => void {
  prefix = text;
  change();
  return () => {
    prefix = '';
    change();
  };
}
