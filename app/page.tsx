// The start page: what this is, where to go, and what is happening now.
import Link from 'next/link';
import { PoolPicture } from './ui/pool-picture.tsx';

export default function Home() {
  return (
    <>
      <div className="grid items-center gap-8 py-4 lg:grid-cols-[minmax(0,1fr)_26rem] lg:gap-12">
        <div>
          <h1 className="font-semibold text-3xl leading-tight tracking-tight sm:text-4xl">
            One language model, held together by many browser tabs.
          </h1>
          <p className="mt-4 max-w-prose text-lg">
            Each tab that joins holds a few layers of a model on its own GPU. The tabs pass their results to each other
            directly, and together they answer questions that none of them could answer alone.
          </p>
          <p className="mt-6 flex flex-wrap gap-3">
            <Link href="/join" className="button button-primary min-h-14 grow px-6 text-lg sm:grow-0">
              Lend this GPU
            </Link>
            <Link href="/chat" className="button min-h-14 grow px-6 text-lg sm:grow-0">
              Ask
            </Link>
          </p>
          <p className="mt-3 text-muted text-sm">Nothing to install and no account. Closing the tab ends it.</p>
        </div>
        <PoolPicture />
      </div>
      <div className="mt-6 grid gap-8 border-line border-t pt-8 md:grid-cols-3">
        <Fact title="How a token travels">
          Your tab turns your text into token numbers and sends them to the first tab of the ring. It computes its
          layers and hands one small vector, the hidden state, to the next tab over WebRTC, and so on. The last tab
          picks a token and sends its number to you, and to the first tab, which begins the next lap by itself: one lap,
          one token, and however far away you are, you wait for that distance once.
        </Fact>
        <Fact title="Who sees what">
          The server sees which tabs are there and which layers they hold. What is asked in the chat never reaches it;
          what a program asks over HTTP passes through it. The first tab of the ring receives your token numbers and the
          last one picks the answer’s, so treat their owners as people who can read along. The tabs between see hidden
          states, from which text can be recovered in part. Tabs that talk to each other learn each other’s network
          address.
        </Fact>
        <Fact title="What it costs">
          Asking costs credits, which lending earns; newcomers get some to begin with, and nobody can buy them. Lending
          takes electricity, the memory of the layers you hold, their download once, and a few kilobytes per token and
          hop. More tabs do not make one answer faster, since each hop takes time. They make larger models possible and
          let more people ask at once.
        </Fact>
      </div>
    </>
  );
}

function Fact({ title, children }: { title: string; children: string }) {
  return (
    <section>
      <h2 className="font-semibold">{title}</h2>
      <p className="mt-2 text-muted">{children}</p>
    </section>
  );
}
