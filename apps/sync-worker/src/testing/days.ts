/** The local date of a day that is so far from today, `YYYY-MM-DD`. */
export function dayIn(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
