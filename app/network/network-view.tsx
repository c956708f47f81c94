// What /network does: asks the server every two seconds and shows it as figures, as a map, as tables and over time.
import { type Network, networkSchema } from '../../protocol/http/network.ts';
import { callApi } from '../state/call-api.ts';
import { useRemote } from '../state/use-remote.ts';
import { networkText } from '../text/english/network.ts';
import { Card } from '../ui/card.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { LoadingLine } from '../ui/loading-line.tsx';
import { ServerAway } from '../ui/server-away.tsx';
import { CoverageList } from './coverage-list.tsx';
import { MapFigure } from './map-figure.tsx';
import { NetworkFigures } from './network-figures.tsx';
import { NetworkHistory } from './network-history.tsx';
import { RingTable } from './ring-table.tsx';

const EVERY_MS = 2_000;

const readNetwork = (signal: AbortSignal): Promise<Network> => callApi('/api/network', networkSchema, { signal });

export function NetworkView() {
  const { value, error, away, reload } = useRemote(readNetwork, EVERY_MS);
  return (
    <div className="space-y-5">
      {away && (
        <ServerAway away={away} onRetry={reload}>
          {value ? networkText.asItWas : networkText.comesLater}
        </ServerAway>
      )}
      {error && !away && <ErrorCard error={error} onRetry={reload} />}
      {!value && !error && <LoadingLine>{networkText.asking}</LoadingLine>}
      {value && <Everything network={value} />}
    </div>
  );
}

function Everything({ network }: { network: Network }) {
  return (
    <>
      <NetworkFigures network={network} />
      <MapFigure network={network} />
      <Card title={networkText.rings.title}>
        <RingTable network={network} />
      </Card>
      <Card title={networkText.coverage.title}>
        <CoverageList pools={network.pools} />
      </Card>
      <NetworkHistory network={network} />
      <p className="max-w-prose text-muted text-sm">{networkText.evidence}</p>
    </>
  );
}
