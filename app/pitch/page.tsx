// /pitch: what this is, in a few slides. Its figures are read from their receipts when the site is built.
import type { Metadata } from 'next';
import { pickNumbers } from './pick-numbers.ts';
import { PitchPage } from './pitch-page.tsx';
import { readReceiptText } from './read-receipt.ts';

export const metadata: Metadata = {
  title: 'In ten slides',
  description:
    'What ComputePool is, what it measured, what it costs and what it has not solved, each figure with its receipt.',
};

export default function Page() {
  return <PitchPage pitch={pickNumbers(readReceiptText)} />;
}
