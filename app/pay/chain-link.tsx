// An address or a transaction: a link where its chain has an explorer, else the text itself.
import { CHAINS } from '../../protocol/chains.ts';
import { shortAddress } from './pay-figures.ts';

interface Props {
  chainId: number;
  kind: 'address' | 'tx';
  value: string;
  /** All of it is shown. */
  isWhole?: boolean;
}

export function ChainLink({ chainId, kind, value, isWhole = false }: Props) {
  const explorer = CHAINS.find(({ id }) => id === chainId)?.explorerUrl;
  const shown = isWhole ? value : shortAddress(value);
  const look = 'break-all font-mono';
  if (!explorer) {
    return (
      <span className={look} title={value} data-value={value}>
        {shown}
      </span>
    );
  }
  return (
    <a
      href={`${explorer}/${kind}/${value}`}
      className={`link ${look}`}
      target="_blank"
      rel="noreferrer"
      data-value={value}
    >
      {shown}
    </a>
  );
}
