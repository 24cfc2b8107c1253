import { counter, wordOf, type Meter } from '@roomwire/telemetry';

/** Reasons are words of ours and of adapters; a bug may make them up by the thousand. */
const REASONS_MAX = 64;

/** Counts dead letters by the first word of their reason: at most {@link REASONS_MAX} of them, then `other`. */
export function deadLetterFigure(meter: Meter): (consumer: string, reason: string) => void {
  const letters = counter(meter, 'roomwire_dead_letters_total');
  const known = new Set<string>();
  return (consumer, reason) => {
    const word = wordOf(reason);
    if (known.size < REASONS_MAX) known.add(word);
    letters.add(1, { consumer, reason: known.has(word) ? word : 'other' });
  };
}
