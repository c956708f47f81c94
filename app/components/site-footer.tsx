// The foot of every page: what the server sees and what it does not.

export function SiteFooter() {
  return (
    <footer className="mt-auto border-line border-t">
      <div className="mx-auto max-w-6xl px-4 py-5 text-muted text-sm">
        <p className="max-w-3xl">
          The server introduces tabs to each other and plans who holds which layers. Prompts, answers and hidden states
          travel between tabs and never pass through it. Conversations are kept in the memory of the tab that asks.
        </p>
      </div>
    </footer>
  );
}
