/** Calendar months are `YYYY-MM`, nights the local dates `YYYY-MM-DD` of their evenings. */
export const monthOf = (date: string): string => date.slice(0, 7);

/** A stay of more months than this is counted in the first of them: nobody's booking reaches so far, and anybody may send one. */
export const MONTHS_MAX = 60;

/** The months from that of one night to that of another, both included; none where the second comes first. */
export function monthsOf(firstNight: string, lastNight: string): string[] {
  const [first, last] = [monthNumber(firstNight), monthNumber(lastNight)];
  return Array.from({ length: Math.max(0, Math.min(last - first + 1, MONTHS_MAX)) }, (_, i) => monthText(first + i));
}

function monthNumber(date: string): number {
  return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
}

function monthText(number: number): string {
  return `${String(Math.floor(number / 12)).padStart(4, '0')}-${String((number % 12) + 1).padStart(2, '0')}`;
}
