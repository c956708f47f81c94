// Brings another device to this pool: a link, a button that copies it, and a QR code. In a network whose server has made its own
// certificate the link leads over the page that says how to trust it.
import { useState } from 'react';
import { type PoolId, poolRefOf } from '../../protocol/pool-id.ts';
import { joinAddress } from '../state/page-address.ts';
import { fetchTrust, plainOrigin, trustAddress } from '../state/read-trust.ts';
import { useRemote } from '../state/use-remote.ts';
import { joinText } from '../text/english/join.ts';
import { fill } from '../text/fill.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { QrCode } from '../ui/qr-code.tsx';
import { isOwnDevice } from './is-own-device.ts';

export function Invite({ pool }: { pool: PoolId }) {
  const [isOpen, setIsOpen] = useState(false);
  const { origin, hostname, host } = window.location;
  const authority = useRemote(isOpen ? fetchTrust : undefined).value?.authority;
  const path = joinAddress(poolRefOf(pool));
  const isOwn = isOwnDevice(hostname);
  // Who has come here trusts it already; who is invited does not yet.
  const first = authority ? (isOwn ? plainOrigin(authority.plain) : `http://${host}`) : undefined;
  const link = first ? trustAddress(first, path) : `${origin}${path}`;
  const forOthers = first ? joinText.invite.ofNetwork : joinText.invite.otherDevice;
  const isForThis = isOwn && !first;
  return (
    <details
      className="mt-5 border-line border-t pt-4"
      data-testid="invite"
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary className="font-medium">{joinText.invite.summary}</summary>
      <div className="mt-3 flex flex-wrap items-start gap-6">
        <div className="min-w-0 flex-1 basis-72 space-y-3">
          <p>{isForThis ? joinText.invite.otherWindow : forOthers}</p>
          <p data-words="program" className="break-all rounded border border-line bg-paper px-3 py-2 font-mono text-sm">
            {link}
          </p>
          <CopyButton text={link} what="invite" />
          {isForThis && <OwnDevice origin={origin} />}
        </div>
        {!isForThis && <QrCode text={link} title={joinText.invite.qrCode} />}
      </div>
    </details>
  );
}

function OwnDevice({ origin }: { origin: string }) {
  return (
    <p className="rounded-md border border-control bg-warn-soft px-4 py-3 text-sm" data-testid="invite-own-device">
      {fill(joinText.invite.ownDevice, {
        origin,
        command: <code className="font-mono">npm start -- --tls</code>,
      })}
    </p>
  );
}
