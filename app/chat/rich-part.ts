// What a part that is fetched apart adds to the reader of Markdown.
import type { Options } from 'react-markdown';

type Plugins = NonNullable<Options['remarkPlugins']>;

export interface RichPart {
  /** On the tree of Markdown. */
  remark: Plugins;
  /** On the tree of HTML that is made of it. */
  rehype: Plugins;
}
