// What stands on /pools. The view needs the address's query, which exists only in the browser.
'use client';
import { Suspense } from 'react';
import { poolsText } from '../text/english/pools.ts';
import { uiText } from '../text/english/ui.ts';
import { PageTitle } from '../ui/page-title.tsx';
import { PoolsView } from './pools-view.tsx';

export function PoolsPage() {
  return (
    <>
      <PageTitle title={poolsText.title} />
      <h1 className="font-semibold text-2xl tracking-tight">{poolsText.title}</h1>
      <div className="mt-3">
        <Suspense fallback={<p className="text-muted">{uiText.oneMoment}</p>}>
          <PoolsView />
        </Suspense>
      </div>
    </>
  );
}
