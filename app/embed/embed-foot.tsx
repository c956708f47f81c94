// Below the composer: the offer to lend, where the page makes it, and who sees what is written.
import type { PoolRef } from '../../protocol/ids.ts';
import { joinAddress } from '../state/page-address.ts';
import { embedText } from '../text/english/embed.ts';

interface Props {
  pool: PoolRef | undefined;
  lend: boolean;
  /** A page of another site is around the frame. */
  isApart: boolean;
}

export function EmbedFoot({ pool, lend, isApart }: Props) {
  return (
    <div className="mt-2 flex flex-wrap items-start justify-between gap-x-4 gap-y-1 text-sm">
      <details className="min-w-0 flex-1 basis-40">
        <summary className="w-fit py-1.5 text-muted">{embedText.whoSees}</summary>
        <p className="text-muted">{embedText.seen}</p>
        {isApart && (
          <p className="mt-1 text-muted" data-testid="kept-apart">
            {embedText.apart}
          </p>
        )}
      </details>
      {lend && pool && (
        <p>
          <a
            href={joinAddress(pool)}
            target="_blank"
            rel="noopener"
            className="button button-small"
            data-testid="offer-lending"
            title={embedText.lendHint}
          >
            {embedText.lend}
          </a>
        </p>
      )}
    </div>
  );
}
