/** Headers of a stored copy that waits. */
export const LATER_HEADER = {
  subject: 'Rw-Later-Subject',
  due: 'Rw-Later-Due',
  parkedFor: 'Rw-Later-Parked-For',
  attempts: 'Rw-Attempts',
} as const;

/** Every value of every header, as dead letters and stored copies keep them. */
export function pairsOf(head: Iterable<[string, string[]]> | undefined): [string, string][] {
  return [...(head ?? [])].flatMap(([name, values]) => values.map((value): [string, string] => [name, value]));
}
