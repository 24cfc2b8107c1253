import type { Log } from '@roomwire/telemetry';
import { Feed } from './core/feed.ts';
import { parseFilter } from './core/filter.ts';
import type { StateReader } from './state-source.ts';
import { StreamClient } from './stream-client.ts';
import { TenantStream } from './tenant-stream.ts';
import { bytesOf, reservation, room, type Announcement } from './testing/announcements.ts';
import { tally } from './testing/figures.ts';
import { TestOutlet } from './testing/outlet.ts';

const CREATED = '2026-11-21T06:00:00.000000001Z';
const silent = { warn: () => undefined } as unknown as Log;

/** A stream whose reader is driven by hand. */
function watched() {
  let reader: StateReader | undefined;
  let seq = 0;
  const figures = tally();
  const stream = new TenantStream('t1', (_tenant, handlers) => ((reader = handlers), { stop: () => undefined }), {
    log: silent,
    figures,
    now: 0,
  });
  const given = (at: number, announcement: Announcement) =>
    reader!.onMessage({ subject: announcement.subject, seq: at, data: bytesOf(announcement) });
  return {
    stream,
    figures,
    reader: reader!,
    given,
    publish: (announcement: Announcement) => given((seq += 1), announcement),
    caughtUp: (created = CREATED, lastSeq = seq) => reader!.onCaughtUp(lastSeq, created),
    join: (token?: string) => {
      const parsed = parseFilter({});
      const outlet = new TestOutlet();
      stream.join(
        new StreamClient(outlet, new Feed('t1', parsed.ok ? parsed.filter : (undefined as never)), 'c', figures),
        token,
      );
      return outlet;
    },
  };
}

describe('TenantStream', () => {
  it('gives every client the snapshot and then each change, a confirmation not', () => {
    const { publish, caughtUp, join } = watched();
    publish(room({ unit: 'u1', revision: 1 }));
    caughtUp();
    const client = join();

    publish(room({ unit: 'u1', revision: 2 }));
    publish(reservation({ id: 'r1', revision: 1 }));
    publish(reservation({ id: 'r1', revision: 2, confirmed: true }));

    expect(client.brief).toEqual(['snapshot room/u1:1', 'live', 'change room/u1:2', 'change reservation/r1:1']);
    expect(join().brief).toEqual(['snapshot room/u1:2', 'snapshot reservation/r1:2', 'live']);
  });

  it('goes on where it was after a reset, with what the broker has kept of the time between', () => {
    const { publish, caughtUp, join, reader, given } = watched();
    publish(room({ unit: 'u1', revision: 1 }));
    publish(room({ unit: 'u2', revision: 1 }));
    caughtUp();
    const client = join();

    reader.onReset('stalled', false);
    given(2, room({ unit: 'u2', revision: 1 }));
    given(7, room({ unit: 'u1', revision: 4 }));
    given(8, room({ unit: 'u1', revision: 5 }));

    expect(client.brief.slice(2)).toEqual(['live', 'change room/u1:4', 'change room/u1:5']);
  });

  it('tells its clients to fetch again when the stream was made anew, and gives them the new one', () => {
    const { publish, caughtUp, join, reader, given } = watched();
    publish(room({ unit: 'u1', revision: 9 }));
    publish(room({ unit: 'u2', revision: 9 }));
    caughtUp();
    const client = join();
    const token = client.frames.at(-1)!.id;

    reader.onReset('gone', true);
    given(1, room({ unit: 'u1', revision: 1 }));
    caughtUp('2026-11-22T06:00:00Z', 1);

    expect(client.brief.slice(3)).toEqual(['must-refetch', 'snapshot room/u1:1', 'live']);
    expect(join(token).brief).toEqual(['must-refetch', 'snapshot room/u1:1', 'live']);
  });

  it('is lost while a new stream is read, and says since when', async () => {
    const { caughtUp, stream, reader } = watched();
    expect(stream.lostSince).toBe(0);
    caughtUp();
    await stream.live;
    expect(stream.lostSince).toBeUndefined();

    reader.onReset('disconnected', true);
    const live = stream.live;
    reader.onReset('again', true);
    expect(stream.lostSince).toBeGreaterThan(0);

    caughtUp();
    await live;
    expect(stream.lostSince).toBeUndefined();
  });

  it('leaves out, counts and passes over what is not an announcement of its tenant', () => {
    const { publish, caughtUp, join, figures, given } = watched();
    caughtUp();
    const client = join();

    given(1, { ...room({ unit: 'u1', revision: 1 }), subject: room({ unit: 'u1', revision: 1, tenant: 't2' }).subject });
    given(2, room({ unit: 'u1', revision: 1, tenant: 't2' }));
    publish(room({ unit: 'u1', revision: 0 }));
    given(4, room({ unit: 'u1', revision: 1 }));

    expect(client.brief).toEqual(['live', 'change room/u1:1']);
    expect(figures.count.unreadable).toBe(3);
  });
});
