// Named figures in a grid.
import type { ReactNode } from 'react';

export interface Figure {
  name: string;
  value: ReactNode;
}

export function Figures({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-3">
      {figures.map((figure) => (
        <div key={figure.name} className="min-w-0">
          <dt className="text-muted text-sm">{figure.name}</dt>
          <dd className="break-words font-mono">{figure.value}</dd>
        </div>
      ))}
    </dl>
  );
}
