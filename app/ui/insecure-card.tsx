// Stands in place of a page that the browser gives neither a GPU nor keys: what does not work, why, and what to do.
import { secureAddresses } from '../state/secure-addresses.ts';
import { uiText } from '../text/english/ui.ts';
import { fill } from '../text/fill.ts';
import { Card } from './card.tsx';

interface Props {
  here: Pick<Location, 'hostname' | 'port' | 'pathname' | 'search' | 'origin'>;
}

export function InsecureCard({ here }: Props) {
  const text = uiText.insecure;
  const { https, localhost } = secureAddresses(here);
  return (
    <Card title={text.title} testId="insecure-card">
      <p className="max-w-prose">{text.what}</p>
      <p className="mt-2 max-w-prose">
        {fill(text.why, {
          origin: (
            <span data-words="program" className="break-words">
              {here.origin}
            </span>
          ),
        })}
      </p>
      <p className="mt-3 font-semibold">{text.todo}</p>
      <ul className="mt-1 max-w-prose list-disc space-y-1 pl-5">
        <li>{fill(text.onThisDevice, { address: <Address href={localhost} /> })}</li>
        <li>{fill(text.onOthers, { address: <Address href={https} /> })}</li>
        <li>
          {fill(text.operator, {
            own: <code>npm start -- --tls</code>,
            option: <code>--public-url https://…</code>,
          })}
        </li>
      </ul>
    </Card>
  );
}

const Address = ({ href }: { href: string }) => (
  <a href={href} data-words="program" className="link break-words">
    {href}
  </a>
);
