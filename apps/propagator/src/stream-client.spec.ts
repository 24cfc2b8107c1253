import { Feed } from './core/feed.ts';
import { parseFilter } from './core/filter.ts';
import { StreamClient } from './stream-client.ts';
import { tableOf, told } from './testing/announced.ts';
import { room } from './testing/announcements.ts';
import { tally } from './testing/figures.ts';
import { TestOutlet } from './testing/outlet.ts';

function connected() {
  const parsed = parseFilter({});
  if (!parsed.ok) throw new Error('the empty query is a filter');
  const outlet = new TestOutlet();
  const figures = tally();
  const client = new StreamClient(outlet, new Feed('t1', parsed.filter), 'cred', figures);
  const table = tableOf();
  client.begin({ kind: 'snapshot' }, table);
  return { outlet, figures, client, table };
}

describe('StreamClient', () => {
  it('has written a change when tell returns', () => {
    const { outlet, client, table } = connected();

    expect(client.tell(told(table, room({ unit: 'u1', revision: 1 })))).toBe(true);

    expect(outlet.brief).toEqual(['live', 'change room/u1:1']);
  });

  it('writes nothing to a client that does not read, keeps the newest of each entity, and sends them when it drains', () => {
    const { outlet, client, table, figures } = connected();
    outlet.flowing = false;
    client.tell(told(table, room({ unit: 'u0', revision: 1 })));

    for (let revision = 1; revision <= 100; revision += 1)
      for (const unit of ['u1', 'u2']) client.tell(told(table, room({ unit, revision })));

    expect(client.waiting).toBe(2);
    expect(figures.count.conflated).toBe(198);
    expect(outlet.brief).toEqual(['live', 'change room/u0:1']);
    outlet.drain();
    expect(outlet.brief.slice(2)).toEqual(['change room/u1:100', 'change room/u2:100']);
    expect(client.waiting).toBe(0);
  });

  it('sends no heartbeat to a client with bytes under way, and cuts it off when it takes nothing for five minutes', () => {
    const { outlet, client, table } = connected();
    client.heartbeat(Date.now());
    outlet.flowing = false;
    client.tell(told(table, room({ unit: 'u1', revision: 1 })));

    client.heartbeat(Date.now() + 60_000);
    expect(outlet.destroyed).toBe(false);
    client.heartbeat(Date.now() + 301_000);

    expect(outlet.comments).toEqual([': heartbeat']);
    expect(outlet.destroyed).toBe(true);
  });

  it('writes nothing after its end', async () => {
    const { outlet, client, table } = connected();

    client.end();
    client.tell(told(table, room({ unit: 'u1', revision: 1 })));

    await client.closed;
    expect(outlet.ended).toBe(true);
    expect(outlet.brief).toEqual(['live']);
  });
});
