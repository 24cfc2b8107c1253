/** What of an event of a stream tests look at. */
export type Received = { event: string; id?: string | undefined; data: string };
type Body = { subject?: string; revision?: number };

/** `change room/u1:2`, `live`. */
export function brief(events: readonly Received[]): string[] {
  return events.map(({ event, data }) => {
    const { subject, revision } = JSON.parse(data) as Body;
    return revision === undefined ? event : `${event} ${subject}:${revision}`;
  });
}

/** The newest revision of each entity; throws where one was told twice or fell back (I3). */
export function revisionsOf(events: readonly Received[]): Map<string, number> {
  const seen = new Map<string, number>();
  for (const { event, data } of events) {
    const { subject, revision } = JSON.parse(data) as Body;
    if (event === 'must-refetch') seen.clear();
    if (subject === undefined || revision === undefined) continue;
    const before = seen.get(subject) ?? 0;
    if (revision <= before) throw new Error(`${subject}: revision ${revision} after ${before}`);
    seen.set(subject, revision);
  }
  return seen;
}
