// The deck: one slide after another on one page, by keyboard or by scrolling, and on paper one to a sheet.
import type { ReactNode } from 'react';
import { formatCount, formatFixed } from '../format/format-count.ts';
import { formatDollars } from '../format/format-dollars.ts';
import { PageLink } from '../route/page-link.tsx';
import { pitchText } from '../text/english/pitch.ts';
import { PageTitle } from '../ui/page-title.tsx';
import { CostForm } from './cost-form.tsx';
import { DeckKeys } from './deck-keys.tsx';
import type { Pitch } from './pick-numbers.ts';
import { Proof } from './proof.tsx';
import { Slide } from './slide.tsx';

const times = (ratio: number): string => pitchText.times(formatFixed(ratio, 1));
const percent = (share: number): string => pitchText.percent(formatCount(share * 100));

export function PitchPage({ pitch: { numbers, notes } }: { pitch: Pitch }) {
  const text = pitchText.slides;
  const slides: { title: string; body: ReactNode }[] = [
    {
      title: text.begin.title,
      body: (
        <>
          <p className="max-w-prose text-xl">{text.begin.text}</p>
          <p className="mt-6">
            <PageLink href="/" className="button button-primary print:hidden">
              {text.begin.see}
            </PageLink>
          </p>
          <p className="mt-6 text-muted print:hidden">{text.begin.keys}</p>
        </>
      ),
    },
    { title: text.how.title, body: <Points points={text.how.points} /> },
    {
      title: text.equal.title,
      body: (
        <Proofs lead={text.equal.text}>
          <Proof
            value={formatCount(numbers.right)}
            says={text.equal.soak(formatCount(numbers.leaves), formatCount(numbers.wrong))}
            note={notes.soak}
          />
          <Proof
            value={formatCount(numbers.settlements)}
            says={text.equal.settled(formatCount(numbers.brokenSettlements))}
            note={notes['settlement-property']}
          />
        </Proofs>
      ),
    },
    {
      title: text.distance.title,
      body: (
        <Proofs lead={text.distance.text}>
          <Proof value={percent(numbers.ofBound)} says={text.distance.bound} note={notes['ring-distance-guide-4m']} />
          <Proof
            value={times(numbers.drafted)}
            says={text.distance.drafted(times(numbers.draftedLeast))}
            note={notes.speculation}
          />
          <Proof
            value={times(numbers.sessionsRatio)}
            says={text.distance.sessions(formatCount(numbers.sessions))}
            note={notes.sessions}
          />
        </Proofs>
      ),
    },
    {
      title: text.slower.title,
      body: (
        <Proofs lead={text.slower.text}>
          <Proof
            value={percent(numbers.ofSolo.three)}
            says={text.slower.ofSolo(percent(numbers.ofSolo.two))}
            note={notes['ring-distance-guide-4m']}
          />
          <Proof
            value={times(numbers.overTransformers)}
            says={text.slower.alone}
            note={notes['solo-vs-transformers-wasm-q4']}
          />
        </Proofs>
      ),
    },
    {
      title: text.loss.title,
      body: (
        <Proofs lead={text.loss.text}>
          <Proof
            value={text.loss.of(formatCount(numbers.chaosRight), formatCount(numbers.chaosCells))}
            says={text.loss.right}
            note={notes.chaos}
          />
          <Proof
            value={pitchText.seconds(formatFixed(numbers.lossSeconds, 1))}
            says={text.loss.silent(formatCount(numbers.missedAims), formatCount(numbers.allAims))}
            note={notes.chaos}
          />
          <Proof
            value={pitchText.seconds(formatFixed(numbers.backSeconds, 1))}
            says={text.loss.back(formatCount(numbers.tabsBack))}
            note={notes['back-after-restart']}
          />
        </Proofs>
      ),
    },
    {
      title: text.hostile.title,
      body: (
        <Proofs lead={text.hostile.text}>
          <Proof
            value={formatCount(numbers.fuzzed)}
            says={text.hostile.fuzzed(formatCount(numbers.faults))}
            note={notes.fuzz}
          />
          <Proof
            value={text.hostile.of(formatCount(numbers.underAttack))}
            says={text.hostile.attacked}
            note={notes.attack}
          />
        </Proofs>
      ),
    },
    {
      title: text.money.title,
      body: (
        <Proofs lead={text.money.text}>
          <Proof value={formatDollars(numbers.paymentDollars)} says={text.money.payment} note={notes['session-gas']} />
          <Proof
            value={formatDollars(numbers.streamDollars)}
            says={text.money.stream(formatCount(numbers.streamGas))}
            note={notes['session-gas']}
          />
        </Proofs>
      ),
    },
    { title: text.cost.title, body: <CostForm /> },
    { title: text.open.title, body: <Points points={text.open.points} /> },
  ];
  return (
    <div className="deck">
      <PageTitle title={pitchText.title} />
      {slides.map(({ title, body }, at) => (
        <Slide key={title} number={at + 1} count={slides.length} title={title}>
          {body}
        </Slide>
      ))}
      <DeckKeys />
    </div>
  );
}

function Proofs({ lead, children }: { lead: string; children: ReactNode }) {
  return (
    <>
      <p className="max-w-prose text-lg">{lead}</p>
      <div className="mt-8 grid gap-x-8 gap-y-6 sm:grid-cols-2 lg:grid-cols-3">{children}</div>
    </>
  );
}

function Points({ points }: { points: Readonly<Record<string, { readonly title: string; readonly text: string }>> }) {
  return (
    <ul className="grid gap-x-10 gap-y-5 md:grid-cols-2">
      {Object.values(points).map(({ title, text }) => (
        <li key={title}>
          <p className="font-semibold">{title}</p>
          <p className="mt-1 max-w-prose text-muted">{text}</p>
        </li>
      ))}
    </ul>
  );
}
