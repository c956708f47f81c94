// ComputePool's mark: an asker and two stages on a ring. The same drawing as public/icon.svg, in the text's colour.

export function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true" className="text-accent">
      <path
        d="M20 6.1A11 11 0 0 1 26.9 17.5M22.5 24.9A11 11 0 0 1 9.5 24.9M5.1 17.5A11 11 0 0 1 12 6.1"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.5"
      />
      <rect x="12.5" y="1.5" width="7" height="7" rx="1.5" fill="currentColor" />
      <circle cx="25.5" cy="21.5" r="3.8" fill="currentColor" />
      <circle cx="6.5" cy="21.5" r="3.8" fill="currentColor" />
    </svg>
  );
}
