import type { ConflictChange, EntityRecord, RecordChange, RoomChange } from '@roomwire/events';
import { firstDifference } from '@roomwire/events/testing';
import { streamOf, type Bus } from '@roomwire/jetstream';
import type { Counterexample } from './counterexample.ts';
import type { Announced } from './redis-replica.ts';

const AT_ONCE = 100;

/** What readers of STATE hear, from the first message on; holds each subject to I3 (ARCHITECTURE.md §11) as it listens. */
export class Heard {
  private next = 1;
  private readonly last = new Map<string, Announced>();
  private readonly revisions = new Map<string, number>();

  constructor(private readonly bus: Bus) {}

  /** Everything that was announced since the last call. Answers what should not have been. */
  async listen(): Promise<Counterexample[]> {
    const stream = streamOf('STATE', 't1');
    const { state } = await (await this.bus.jsm()).streams.info(stream);
    const wrong: Counterexample[] = [];
    for (; this.next <= state.last_seq; this.next += AT_ONCE) {
      const count = Math.min(AT_ONCE, state.last_seq - this.next + 1);
      const found = await Promise.all(Array.from({ length: count }, (_, i) => this.bus.message(stream, this.next + i)));
      for (const message of found) {
        if (!message) continue; // of each subject the stream keeps the last ones
        const body = JSON.parse(new TextDecoder().decode(message.data)) as Announced['body'];
        wrong.push(...this.hear({ seq: message.seq, subject: message.subject, time: message.time, body }));
      }
    }
    this.next = state.last_seq + 1;
    return wrong;
  }

  record(name: string): RecordChange | undefined {
    return this.last.get(`pms.t1.change.${name.replaceAll('/', '.')}`)?.body as RecordChange | undefined;
  }

  room(property: string, unit: string): RoomChange | undefined {
    return this.last.get(`pms.t1.change.room.${property}.${unit}`)?.body as RoomChange | undefined;
  }

  /** Those of stays on a unit that are not over. */
  overlaps(property: string, unit: string): ConflictChange['data'][] {
    return [...this.last]
      .filter(([subject]) => subject.startsWith(`pms.t1.change.conflict.${property}.`))
      .map(([, { body }]) => (body as ConflictChange).data)
      .filter(({ kind, ...conflict }) => kind === 'overlap' && conflict.unit === unit && conflict.status !== 'resolved');
  }

  /** Lets go of what was heard, but for how far each subject had come: ten thousand houses are much to remember. */
  forget(): void {
    this.last.clear();
  }

  private hear(announced: Announced): Counterexample[] {
    const { subject, body } = announced;
    const wrong: Counterexample[] = [];
    const before = this.revisions.get(subject) ?? 0;
    if (body.revision <= before) wrong.push({ kind: 'revision', what: subject, expected: `> ${before}`, found: body.revision });
    const fallen = fallenFacet(recordIn(this.last.get(subject)), recordIn(announced));
    if (fallen) wrong.push({ kind: 'version', what: subject, expected: 'no older', found: fallen });
    this.revisions.set(subject, Math.max(before, body.revision));
    this.last.set(subject, announced);
    return wrong;
  }
}

const recordIn = (announced: Announced | undefined): EntityRecord | undefined =>
  announced && 'record' in announced.body.data ? announced.body.data.record : undefined;

/** A facet whose version is older than readers have heard it, or which they hear of no more. */
function fallenFacet(before: EntityRecord | undefined, after: EntityRecord | undefined): string | undefined {
  return Object.entries(before?.facets ?? {}).find(([name, { version }]) => {
    const now = after?.facets[name]?.version;
    return !now || firstDifference(now, version) < 0;
  })?.[0];
}
