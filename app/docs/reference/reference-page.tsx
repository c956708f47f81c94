// The reference of the API, drawn by Swagger UI from what this server says of itself. Program and look are files of the site, loaded on
// this page alone; nothing is asked of anybody else.
import { useEffect, useRef, useState } from 'react';
import { PageLink } from '../../route/page-link.tsx';
import { docsText } from '../../text/english/docs.ts';
import { PageTitle } from '../../ui/page-title.tsx';
import { loadReference } from './load-reference.ts';
import { mirrorDark } from './mirror-dark.ts';

export function ReferencePage() {
  const place = useRef<HTMLDivElement>(null);
  const [phase, setPhase] = useState<'loading' | 'shown' | 'failed'>('loading');
  useEffect(mirrorDark, []);
  useEffect(() => {
    let isCurrent = true;
    loadReference().then(
      (show) => {
        if (!isCurrent || !place.current) return;
        show(place.current, () => isCurrent && setPhase('shown'));
      },
      () => isCurrent && setPhase('failed'),
    );
    return () => {
      isCurrent = false;
    };
  }, []);
  const text = docsText.reference;
  return (
    <>
      <PageTitle title={text.title} />
      <PageLink href="/docs" className="link text-sm">
        ← {docsText.title}
      </PageLink>
      <h1 className="mt-3 font-semibold text-2xl tracking-tight">{text.title}</h1>
      <p className="mt-1 text-muted" role="status">
        {text.phases[phase]}
      </p>
      <div
        ref={place}
        lang="en"
        data-words="document"
        className="reference mt-4"
        data-testid="reference"
        data-phase={phase}
      />
      <p className="mt-6 text-muted text-sm">{text.drawnBy}</p>
    </>
  );
}
