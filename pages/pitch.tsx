// /pitch: what this is, in a few slides. Its figures are read from their receipts when the site is built.
import type { GetStaticProps } from 'next';
import { pickNumbers } from '../app/pitch/pick-numbers.ts';
import { PitchPage } from '../app/pitch/pitch-page.tsx';
import { readReceiptText } from '../app/pitch/read-receipt.ts';

export const getStaticProps: GetStaticProps<Parameters<typeof PitchPage>[0]> = async () => ({
  props: { pitch: pickNumbers(readReceiptText) },
});

export default PitchPage;
