// The start page's place in the site.
import { Home } from './home.tsx';

export default function Page() {
  return <Home />;
}
