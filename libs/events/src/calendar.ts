/** Availability and rates are one entity for each unit type and month; this is its id, `<unit type>:<YYYY-MM>`. */
export function calendarEntity(unitType: string, month: string): string {
  return `${unitType}:${month}`;
}

/** The inverse of {@link calendarEntity}; undefined where the text is no such id. */
export function parseCalendarEntity(entity: string): { unitType: string; month: string } | undefined {
  const found = /^(.+):(\d{4}-(?:0[1-9]|1[0-2]))$/s.exec(entity);
  return found ? { unitType: found[1]!, month: found[2]! } : undefined;
}
