// What stands on /network. What is asked of the server is asked by a browser alone.
import { networkText } from '../text/english/network.ts';
import { InBrowser } from '../ui/in-browser.tsx';
import { PageTitle } from '../ui/page-title.tsx';
import { NetworkView } from './network-view.tsx';

export function NetworkPage() {
  return (
    <>
      <PageTitle title={networkText.title} />
      <h1 className="font-semibold text-2xl tracking-tight">{networkText.title}</h1>
      <p className="mt-2 max-w-prose text-muted">{networkText.intro}</p>
      <div className="mt-5">
        <InBrowser>
          <NetworkView />
        </InBrowser>
      </div>
    </>
  );
}
