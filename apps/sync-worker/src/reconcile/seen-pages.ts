import { seen, seenKey, type Seen } from '@roomwire/events';
import type { Bus } from '@roomwire/jetstream';
import { marksOf } from './core/seen.ts';

const BUCKET = 'KV_sync';
const subjectOf = (connection: string, page: number): string => `$KV.sync.${seenKey(connection, page)}`;

/** What the pages of a pass told, in KV, so that whoever ends the pass need not have read them. Nobody watches it: it is read once. */
export class SeenPages {
  constructor(private readonly bus: Pick<Bus, 'publish' | 'lastOnLeader'>) {}

  async put(connection: string, page: number, told: Seen): Promise<void> {
    await this.bus.publish(subjectOf(connection, page), told, { id: `seen:${connection}:${crypto.randomUUID()}` });
  }

  async of(connection: string, { id, page: pages }: { id: string; page: number }): Promise<Set<string>> {
    const marks = new Set<string>();
    for (let page = 0; page < pages; page++) {
      const message = await this.bus.lastOnLeader(BUCKET, subjectOf(connection, page));
      const told = message && seen.parse(JSON.parse(new TextDecoder().decode(message.data)));
      // A page of an earlier pass stands where this one's list could not be read.
      if (told?.pass === id) for (const mark of marksOf(told.marks)) marks.add(mark);
    }
    return marks;
  }
}
