const MINUTE_MS = 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const found = new Map<string, number>();

/** What a clock on the wall shows, `YYYY-MM-DD HH:MM`. */
export function wallClock(at: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (!format)
    formats.set(timeZone, (format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })));
  return format.format(at);
}

export function isZone(timeZone: string): boolean {
  try {
    wallClock(0, timeZone);
    return true;
  } catch {
    return false;
  }
}

/**
 * The first instant at which the clock on the wall shows that, found by looking at it every quarter of an hour; an hour that is
 * skipped is an hour later.
 */
export function instantOf(date: string, time: string, timeZone: string): number {
  const key = `${date} ${time} ${timeZone}`;
  const known = found.get(key) ?? search(date, time, timeZone);
  found.set(key, known);
  return known;
}

function search(date: string, time: string, timeZone: string): number {
  const asIfUtc = Date.parse(`${date}T${time}:00Z`);
  for (let shift = -14 * 60; shift <= 14 * 60; shift += 15) {
    const at = asIfUtc + shift * MINUTE_MS;
    if (wallClock(at, timeZone) === `${date} ${time}`) return at;
  }
  const [laterDate, laterTime] = new Date(asIfUtc + 60 * MINUTE_MS).toISOString().slice(0, 16).split('T');
  return search(laterDate!, laterTime!, timeZone);
}

/** The dates of a stay's evenings. */
export function nightsOf(arrival: string, departure: string): string[] {
  const nights: string[] = [];
  for (let at = Date.parse(arrival); at < Date.parse(departure); at += 24 * 60 * MINUTE_MS)
    nights.push(new Date(at).toISOString().slice(0, 10));
  return nights;
}
