// What stands on /pools. The view needs the address's query, which exists only in the browser.
import { poolsText } from '../text/english/pools.ts';
import { InBrowser } from '../ui/in-browser.tsx';
import { PageTitle } from '../ui/page-title.tsx';
import { PoolsView } from './pools-view.tsx';

export function PoolsPage() {
  return (
    <>
      <PageTitle title={poolsText.title} />
      <h1 className="font-semibold text-2xl tracking-tight">{poolsText.title}</h1>
      <div className="mt-3">
        <InBrowser>
          <PoolsView />
        </InBrowser>
      </div>
    </>
  );
}
