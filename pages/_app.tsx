// The frame of every page. Pages are of Next's Pages Router: its program is 20 KB smaller than the other one's, and needs none of
// a server's.
import type { AppProps } from 'next/app';
import '../app/globals.css';
import { SiteFrame } from '../app/ui/site-frame.tsx';

export default function App({ Component, pageProps }: AppProps) {
  return (
    <SiteFrame>
      <Component {...pageProps} />
    </SiteFrame>
  );
}
