// Says that something is being fetched. A bar without an end runs below the words, for what may take over a second.

export function LoadingLine({ children }: { children: string }) {
  return (
    <div role="status" className="max-w-sm text-muted text-sm">
      <p>{children}</p>
      <div className="loading-run mt-2" aria-hidden="true" />
    </div>
  );
}
