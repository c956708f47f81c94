// The way out of the frame, for whoever has no credits left in it.
import type { PoolRef } from '../../protocol/ids.ts';
import { chatAddress } from '../state/page-address.ts';
import { embedText } from '../text/english/embed.ts';

export function OwnTab({ pool }: { pool: PoolRef }) {
  return (
    <div>
      <a href={chatAddress(pool)} target="_blank" rel="noopener" className="button button-small button-primary">
        {embedText.ownTab}
      </a>
      <p className="mt-2 text-sm">{embedText.ownTabHint}</p>
    </div>
  );
}
