// What an address asked for and could not be given.

export function ProblemList({ problems }: { problems: readonly string[] }) {
  if (problems.length === 0) return null;
  return (
    <ul className="rounded-md border border-control bg-warn-soft px-4 py-3 text-sm" data-testid="address-problems">
      {problems.map((problem) => (
        <li key={problem} className="break-words">
          {problem}
        </li>
      ))}
    </ul>
  );
}
