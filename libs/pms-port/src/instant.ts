/** Zone-less text that the provider documents as UTC, `YYYY-MM-DD HH:MM:SS` → microseconds; undefined where it is no such instant. */
export function utcMicros(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/.exec(text);
  return match ? instantMicros(`${match[1]}T${match[2]}Z`) : undefined;
}

/** RFC 3339 with offset → microseconds since 1970; undefined where it is no such instant, and before 1970. */
export function instantMicros(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (!match) return undefined;
  const [, date, time, fraction = '', offset] = match;
  // Date.parse moves 31 February into March: such a day was never told.
  const utc = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(utc) || new Date(utc).toISOString() !== `${date}T${time}.000Z`) return undefined;
  const seconds = Date.parse(`${date}T${time}${offset}`);
  if (Number.isNaN(seconds) || seconds < 0) return undefined;
  return seconds * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}
