// Stands in place of a page that the browser gives neither a GPU nor keys: what does not work, why, and what to do.
import { secureAddresses } from '../state/secure-addresses.ts';
import { Card } from './card.tsx';

interface Props {
  here: Pick<Location, 'hostname' | 'port' | 'pathname' | 'search' | 'origin'>;
}

export function InsecureCard({ here }: Props) {
  const { https, localhost } = secureAddresses(here);
  return (
    <Card title="This page needs https" testId="insecure-card">
      <p className="max-w-prose">
        Opened like this it can neither lend nor ask: the browser gives it no WebGPU, and no keys by which tabs know
        each other.
      </p>
      <p className="mt-2 max-w-prose">
        Browsers give both only to pages that come over https, or from the very machine they run on (localhost).{' '}
        <span className="break-words">{here.origin}</span> is neither.
      </p>
      <p className="mt-3 font-semibold">What you can do</p>
      <ul className="mt-1 max-w-prose list-disc space-y-1 pl-5">
        <li>
          If the server runs on this device:{' '}
          <a href={localhost} className="link break-words">
            {localhost}
          </a>
        </li>
        <li>
          From any other device:{' '}
          <a href={https} className="link break-words">
            {https}
          </a>
        </li>
        <li>
          If that does not open, ask whoever runs this server for https: it takes a TLS proxy in front and{' '}
          <code>--public-url https://…</code>
        </li>
      </ul>
    </Card>
  );
}
