// A place in a queue in words. Pure.

/** `1st`, `2nd`, `3rd`, `11th`, `22nd`. */
export function formatOrdinal(place: number): string {
  const teens = place % 100 >= 11 && place % 100 <= 13;
  const ending = teens ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th');
  return `${place}${ending}`;
}

/** `2nd of 5 in the queue`; a place of 1 is the next one to go. */
export function formatPlace(place: number, waiting: number): string {
  const of = `${formatOrdinal(place)} of ${Math.max(place, waiting)} in the queue`;
  return place === 1 ? `Next: ${of}` : of;
}
