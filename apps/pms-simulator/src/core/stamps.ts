/** Hostaway's date-time: "YYYY-MM-DD HH:MM:SS", UTC, whole seconds (D:index.html.md). */
export const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

export const stampOrNull = (ms: number | null): string | null => (ms === null ? null : stamp(ms));

/** What orders as {@link stamp} does, and costs nothing. */
export const secondOf = (ms: number): number => Math.floor(ms / 1000);

export const sameSecond = (a: number, b: number): boolean => secondOf(a) === secondOf(b);

/** RFC 3339 with milliseconds, as our signed webhook wants it. */
export const rfc3339 = (ms: number): string => new Date(ms).toISOString();

/** "YYYY-MM-DD" on the wall of the property. */
export const todayIn = (timeZone: string, now: number): string =>
  Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate().toString();

const DAY_MS = 86_400_000;

// Dates without a zone are days of UTC, all of one length: quicker than Temporal by far, and the story asks for thousands.
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);

export const nightsBetween = (arrival: string, departure: string): number =>
  (Date.parse(departure) - Date.parse(arrival)) / DAY_MS;

/** The nights of [from, until]: Hostaway's calendar takes its end date as the last day shown. */
export const daysBetween = (from: string, until: string): string[] =>
  Array.from({ length: Math.max(0, nightsBetween(from, until) + 1) }, (_, day) => addDays(from, day));

/** A wall hour of the property as an instant. */
export const hourOf = (date: string, hour: number, timeZone: string): number =>
  Temporal.PlainDate.from(date).toZonedDateTime({ timeZone, plainTime: { hour } }).epochMilliseconds;

export function isDate(text: string): boolean {
  try {
    return Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}

export function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}
