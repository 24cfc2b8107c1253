import { instantMicros } from './instant.ts';

const LOCAL = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?$/;

/**
 * Zone-less text of a provider's local clock, `YYYY-MM-DD HH:MM[:SS[.ffffff]]` → microseconds; undefined where it is no such hour, or
 * one that the zone skips.
 *
 * In autumn an hour comes twice, and the text does not tell which of them it means. Every stamp in it is taken for the last that
 * the hour can have: so they tie instead of standing in an order that nobody knows, and a tie is settled by a read that is made
 * when the hour has passed (ADR 0010).
 */
export function localMicros(text: string, timeZone: string, resolutionMs: number): number | undefined {
  const [, date, minute, seconds = ':00'] = LOCAL.exec(text) ?? [];
  if (!date || !minute || instantMicros(`${date}T${minute}${seconds}Z`) === undefined) return undefined;
  const local = Temporal.PlainDateTime.from(`${date}T${minute}${seconds}`);
  const [earlier, later] = [local.toZonedDateTime(timeZone), local.toZonedDateTime(timeZone, { disambiguation: 'later' })];
  if (!earlier.toPlainDateTime().equals(local)) return undefined; // skipped
  if (earlier.equals(later)) return microsOf(later);
  const turned = earlier.getTimeZoneTransition('next')!;
  return microsOf(turned) + (earlier.offsetNanoseconds - later.offsetNanoseconds) / 1000 - resolutionMs * 1000;
}

/** An instant as the house's clock shows it; undefined where nobody knows such a zone. */
export function localTime(micros: number, timeZone: string): { date: string; time: string } | undefined {
  try {
    const local = Temporal.Instant.fromEpochMilliseconds(Math.floor(micros / 1000)).toZonedDateTimeISO(timeZone);
    return { date: local.toPlainDate().toString(), time: local.toPlainTime().toString({ smallestUnit: 'minute' }) };
  } catch {
    return undefined;
  }
}

/** Whether two names are of one zone: zones have been renamed, and both names are in use. */
export function isSameZone(a: string, b: string): boolean {
  try {
    const epoch = Temporal.Instant.fromEpochMilliseconds(0);
    return epoch.toZonedDateTimeISO(a).equals(epoch.toZonedDateTimeISO(b));
  } catch {
    return false;
  }
}

function microsOf({ epochNanoseconds }: Temporal.ZonedDateTime): number {
  return Number(epochNanoseconds / 1000n);
}
