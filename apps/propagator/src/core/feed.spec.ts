import fc from 'fast-check';
import { announced, EPOCH, parseFrame, tableOf, told, type ParsedFrame } from '../testing/announced.ts';
import { room } from '../testing/announcements.ts';
import { Feed } from './feed.ts';
import { parseFilter, type Filter } from './filter.ts';
import { beginningOf, resumeToken } from './resume.ts';
import { StateTable } from './table.ts';

const parsed = parseFilter({});
const all: Filter = parsed.ok ? parsed.filter : (undefined as never);

type RoomFrame = ParsedFrame & { data: { subject: string; revision: number } };

/** Everything that the feed has to send now. */
function drained(feed: Feed): RoomFrame[] {
  const frames: RoomFrame[] = [];
  for (let next = feed.next(); next; next = feed.next()) frames.push(parseFrame(next) as RoomFrame);
  return frames;
}

const brief = (frames: RoomFrame[]) =>
  frames.map(({ event, data }) => (data.revision ? `${event} ${data.subject}:${data.revision}` : event));

describe('Feed', () => {
  it('sends the snapshot, says live once, then changes', () => {
    const table = tableOf(room({ unit: 'u1', revision: 1 }), room({ unit: 'u2', revision: 1 }));
    const feed = new Feed('t1', all);
    feed.begin({ kind: 'snapshot' }, table);
    const first = drained(feed);

    feed.offer(told(table, room({ unit: 'u1', revision: 2 })));

    expect(brief(first)).toEqual(['snapshot room/u1:1', 'snapshot room/u2:1', 'live']);
    expect(first[2]).toMatchObject({ id: resumeToken(EPOCH, 2), data: { tenant: 't1', lastEventId: resumeToken(EPOCH, 2) } });
    expect(brief(drained(feed))).toEqual(['change room/u1:2']);
  });

  it('sends an entity that changes before its snapshot went out as a change, behind live', () => {
    const table = tableOf(room({ unit: 'u1', revision: 1 }), room({ unit: 'u2', revision: 1 }));
    const feed = new Feed('t1', all);
    feed.begin({ kind: 'snapshot' }, table);

    expect(feed.offer(told(table, room({ unit: 'u1', revision: 2 })))).toBe('conflated');

    expect(brief(drained(feed))).toEqual(['snapshot room/u2:1', 'live', 'change room/u1:2']);
  });

  it('resumes with changes and says live', () => {
    const table = tableOf(
      room({ unit: 'u1', revision: 1 }),
      room({ unit: 'u2', revision: 1 }),
      room({ unit: 'u1', revision: 2 }),
    );
    const feed = new Feed('t1', all);

    feed.begin({ kind: 'resume', after: 2 }, table);

    expect(brief(drained(feed))).toEqual(['change room/u1:2', 'live']);
  });

  it('forgets what waited, and begins again, when the stream under it was made anew', () => {
    const feed = new Feed('t1', all);
    feed.begin({ kind: 'snapshot' }, tableOf(room({ unit: 'u1', revision: 9 })));

    feed.begin({ kind: 'must-refetch', reason: 'stream-recreated' }, tableOf(room({ unit: 'u2', revision: 1 })));

    expect(brief(drained(feed))).toEqual(['must-refetch', 'snapshot room/u2:1', 'live']);
  });

  it('whatever the pace, and wherever the client is cut off and resumes: revisions rise, the last arrives, nothing twice', () => {
    const action = fc.oneof(
      fc.record({ unit: fc.constantFrom('a', 'b', 'c') }),
      fc.constantFrom('send' as const, 'cut' as const),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 50 }), fc.nat(10), (actions, before) => {
        const table = new StateTable(EPOCH);
        const revisions = new Map<string, number>();
        const publish = (unit: string) => {
          const revision = (revisions.get(unit) ?? 0) + 1;
          revisions.set(unit, revision);
          const accepted = table.accept(announced(room({ unit, revision }), table.lastSeq + 1));
          return accepted.kind === 'announce' ? accepted.entry : undefined;
        };
        for (let n = 0; n < before; n += 1) publish('abc'[n % 3]!);

        const received: RoomFrame[] = [];
        const connect = () => {
          const feed = new Feed('t1', all);
          const lastId = received.findLast(({ id }) => id !== undefined)?.id;
          feed.begin(beginningOf(lastId, EPOCH, table.lastSeq), table);
          return feed;
        };
        let feed = connect();
        for (const step of actions) {
          if (step === 'cut') feed = connect();
          else if (step !== 'send') feed.offer(publish(step.unit)!);
          else received.push(...[feed.next()].flatMap((next) => (next ? [parseFrame(next) as RoomFrame] : [])));
        }
        received.push(...drained(feed));

        const seen = new Map<string, number>();
        for (const { data } of received.filter(({ data }) => data.revision)) {
          expect(data.revision).toBeGreaterThan(seen.get(data.subject) ?? 0);
          seen.set(data.subject, data.revision);
        }
        expect(seen).toEqual(new Map([...revisions].map(([unit, revision]) => [`room/${unit}`, revision])));
        expect(received.some(({ event }) => event === 'must-refetch')).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
