// What /pools does: the list and the form, or one pool where the address names it.
import { lazy, Suspense } from 'react';
import { useGo, useSearchParams } from '../route/address.ts';
import { PageLink } from '../route/page-link.tsx';
import { readPools } from '../state/read-pools.ts';
import { useAccount } from '../state/use-account.ts';
import { useRemote } from '../state/use-remote.ts';
import { useSiteConfig } from '../state/use-site-config.ts';
import { poolsText } from '../text/english/pools.ts';
import { fill } from '../text/fill.ts';
import { Card } from '../ui/card.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { ServerAway } from '../ui/server-away.tsx';
import { poolPage } from './pool-address.ts';
import { PoolCreateForm } from './pool-create-form.tsx';
import { PoolList } from './pool-list.tsx';
import { PoolPage } from './pool-page.tsx';

const MakeMarket = lazy(() => import('../earn/make-market.tsx').then((room) => ({ default: room.MakeMarket })));

const LIST_EVERY_MS = 5000;

export function PoolsView() {
  const id = useSearchParams().get('pool');
  if (id === null || id === '') return <Overview />;
  return (
    <>
      <p className="mb-4">
        <PageLink href="/pools" className="link">
          {poolsText.all}
        </PageLink>
      </p>
      <PoolPage key={id} id={id} />
    </>
  );
}

function Overview() {
  const pools = useRemote(readPools, LIST_EVERY_MS);
  const { status, account } = useAccount();
  return (
    <div className="space-y-8">
      <p className="max-w-prose text-muted">
        {fill(poolsText.intro, {
          description: (
            <a href="/openapi.json" className="link">
              {poolsText.description}
            </a>
          ),
        })}
      </p>
      {pools.away && (
        <ServerAway away={pools.away} onRetry={pools.reload}>
          {pools.value ? poolsText.list.asItWas : poolsText.list.comesLater}
        </ServerAway>
      )}
      {pools.error && !pools.away && <ErrorCard error={pools.error} onRetry={pools.reload} />}
      {!pools.value && !pools.error && <LoadingLine>{poolsText.list.asking}</LoadingLine>}
      {pools.value && <PoolList pools={pools.value} account={account?.id} />}
      <Card title={poolsText.form.title}>
        {status === 'loading' && <LoadingLine>{poolsText.form.askingWho}</LoadingLine>}
        {account && <CreateForm />}
        {status !== 'loading' && !account && (
          <p>
            {fill(poolsText.form.needsAccount, {
              logIn: (
                <PageLink href="/account" className="link">
                  {poolsText.form.logIn}
                </PageLink>
              ),
            })}
          </p>
        )}
      </Card>
      <Suspense fallback={null}>
        <MakeMarket />
      </Suspense>
    </div>
  );
}

function CreateForm() {
  const go = useGo();
  const site = useSiteConfig();
  if (site.error) return <ErrorCard error={site.error} onRetry={site.retry} />;
  if (!site.config) return <LoadingLine>{poolsText.form.askingModels}</LoadingLine>;
  return <PoolCreateForm config={site.config} models={site.models} onCreated={(pool) => go(poolPage(pool.pool))} />;
}
