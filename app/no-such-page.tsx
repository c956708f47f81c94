// Shown for an address that leads nowhere.
import { PageLink } from './route/page-link.tsx';
import { homeText } from './text/english/home.ts';
import { PageTitle } from './ui/page-title.tsx';

export function NoSuchPage() {
  const text = homeText.notFound;
  return (
    <div className="mx-auto max-w-xl py-12">
      <PageTitle title={text.title} />
      <p className="label">404</p>
      <h1 className="mt-1 font-semibold text-2xl">{text.heading}</h1>
      <p className="mt-3 text-muted">{text.text}</p>
      <p className="mt-6 flex flex-wrap gap-3">
        <PageLink href="/" className="button button-primary">
          {text.toStart}
        </PageLink>
        <PageLink href="/chat" className="button">
          {text.toChat}
        </PageLink>
      </p>
    </div>
  );
}
