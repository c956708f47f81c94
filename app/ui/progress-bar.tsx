// A labelled progress element.

interface Props {
  /** Read by screen readers; draw a visible text beside it. */
  label: string;
  value: number;
  max: number;
}

export function ProgressBar({ label, value, max }: Props) {
  // A maximum of zero would be invalid, and "nothing to do" is done.
  return <progress className="bar" aria-label={label} value={max > 0 ? Math.min(value, max) : 1} max={max || 1} />;
}
