// A document as HTML. Only when the site is built: no reader of Markdown is sent to a browser.
import { renderToStaticMarkup } from 'react-dom/server';
import { DocText } from './doc-text.tsx';

export const drawDoc = (markdown: string): string => renderToStaticMarkup(<DocText markdown={markdown} />);
