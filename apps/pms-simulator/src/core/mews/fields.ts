import { z } from 'zod';

/** Pieces of request bodies. What the table of an operation does not name is let through: strictness is about JSON, not members. */
const IDS_MAX = 1_000;
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export const utcTime = z
  .string()
  .regex(UTC)
  .transform((text) => Date.parse(text));
export const idList = (max = IDS_MAX) => z.array(z.string()).min(1).max(max);

/** Half-open, [start, end); equal ends mean that very instant (M:operations/_objects.md). */
export type Interval = { StartUtc: number; EndUtc: number };
export const interval = (months: number) =>
  z
    .object({ StartUtc: utcTime, EndUtc: utcTime })
    .refine(({ StartUtc, EndUtc }) => StartUtc <= EndUtc && EndUtc <= monthsAfter(StartUtc, months));

/** Without a bound of its length. */
export const openInterval = z.object({ StartUtc: utcTime, EndUtc: utcTime });

export const limitation = z.object({ Count: z.number().int().min(1).max(1_000), Cursor: z.string().nullish() });

export const isWithin = (ms: number | null, wanted: Interval | null | undefined): boolean => {
  if (!wanted) return true;
  if (ms === null) return false;
  const second = Math.floor(ms / 1000) * 1000;
  return wanted.StartUtc === wanted.EndUtc ? second === wanted.StartUtc : wanted.StartUtc <= second && second < wanted.EndUtc;
};

export const isAmong = (id: string | null, wanted: readonly string[] | null | undefined): boolean =>
  !wanted || (id !== null && wanted.some((one) => one.toLowerCase() === id));

/** ISO 8601 UTC, whole seconds, as in all documented samples. */
export const utc = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
export const utcOrNull = (ms: number | null): string | null => (ms === null ? null : utc(ms));

const monthsAfter = (ms: number, months: number): number =>
  Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO('UTC').add({ months }).epochMilliseconds;
