import type { Log } from '@roomwire/telemetry';
import { parseFilter } from './core/filter.ts';
import { epochOf, resumeToken } from './core/resume.ts';
import { Hub } from './hub.ts';
import type { StateReader } from './state-source.ts';
import { bytesOf, room } from './testing/announcements.ts';
import { tally } from './testing/figures.ts';
import { TestOutlet } from './testing/outlet.ts';

const CREATED = '2026-11-21T06:00:00Z';
const silent = { warn: () => undefined } as unknown as Log;

/** A hub whose readers are driven by hand. */
function hubOf(streamsMax = 10) {
  const readers = new Map<string, StateReader>();
  const stopped: string[] = [];
  const broker: { lostSince: number | undefined } = { lostSince: undefined };
  const hub = new Hub({
    source: (tenant, reader) => {
      readers.set(tenant, reader);
      return { stop: () => void stopped.push(tenant) };
    },
    log: silent,
    figures: tally(),
    brokerLostSince: () => broker.lostSince,
    streamsMax,
    heartbeatMs: 60_000,
  });
  const connect = (tenant = 't1', token?: string) => {
    const parsed = parseFilter({});
    if (!parsed.ok) throw new Error('the empty query is a filter');
    const outlet = new TestOutlet();
    const served = hub.serve({ tenant, credential: `cred-${tenant}`, filter: parsed.filter, token }, () => outlet);
    served.catch(() => undefined); // those who are refused are looked at where it matters
    return { outlet, served };
  };
  const publish = (tenant: string, seq: number, unit: string) => {
    const told = room({ tenant, unit, revision: seq });
    readers.get(tenant)!.onMessage({ subject: told.subject, seq, data: bytesOf(told) });
  };
  return { hub, broker, readers, stopped, connect, publish, [Symbol.asyncDispose]: () => hub.drain() };
}
const microtasks = () => new Promise((resolve) => setImmediate(resolve));

describe('Hub', () => {
  it('starts one reader per tenant, with the first client', async () => {
    await using hub = hubOf();
    expect(hub.readers.size).toBe(0);

    const [one, two] = [hub.connect(), hub.connect()];
    const reader = hub.readers.get('t1');
    hub.readers.get('t1')!.onCaughtUp(0, CREATED);
    await microtasks();

    expect(hub.readers.get('t1')).toBe(reader);
    expect([one.outlet.brief, two.outlet.brief]).toEqual([['live'], ['live']]);
    expect(hub.hub.count()).toEqual([{ tenant: 't1', clients: 2, waiting: 0 }]);
  });

  it('shows a client nothing of another tenant', async () => {
    await using hub = hubOf();
    const [one, two] = [hub.connect('t1'), hub.connect('t2')];
    for (const reader of hub.readers.values()) reader.onCaughtUp(0, CREATED);
    await microtasks();

    hub.publish('t1', 1, 'u1');

    expect(one.outlet.brief).toEqual(['live', 'change room/u1:1']);
    expect(two.outlet.brief).toEqual(['live']);
  });

  it('refuses the stream beyond the limit, and takes one again when one has gone', async () => {
    await using hub = hubOf(1);
    const first = hub.connect();

    await expect(hub.connect().served).rejects.toMatchObject({
      status: 429,
      headers: { 'retry-after': expect.any(String) as unknown },
    });
    expect(() => hub.connect('t2')).not.toThrow();

    hub.readers.get('t1')!.onCaughtUp(0, CREATED);
    await microtasks();
    first.outlet.emit('close');
    await first.served;
    const next = hub.connect();
    await microtasks();
    expect(next.outlet.brief).toEqual(['live']);
  });

  it('waits a moment for a message that another replica has told already', async () => {
    await using hub = hubOf();
    const token = resumeToken(epochOf('t1', CREATED), 2);
    const client = hub.connect('t1', token);
    hub.publish('t1', 1, 'u1');
    hub.readers.get('t1')!.onCaughtUp(1, CREATED);
    await microtasks();
    expect(client.outlet.brief).toEqual([]);

    hub.publish('t1', 2, 'u2');
    hub.publish('t1', 3, 'u3');
    await new Promise<void>((resolve) => client.outlet.once('written', resolve));

    expect(client.outlet.brief).toEqual(['change room/u3:3', 'live']);
  });

  it('ends the streams of a credential that is withdrawn, and no others', async () => {
    await using hub = hubOf();
    const [one, two] = [hub.connect('t1'), hub.connect('t2')];
    for (const reader of hub.readers.values()) reader.onCaughtUp(0, CREATED);
    await microtasks();

    hub.hub.dismiss('t1', () => false);
    hub.hub.dismiss('t2', () => true);

    await one.served;
    expect([one.outlet.ended, two.outlet.ended]).toEqual([true, false]);
  });

  it('names a tenant whose state it has lost for ten seconds', async () => {
    await using hub = hubOf();
    hub.connect('t1');
    hub.readers.get('t1')!.onCaughtUp(0, CREATED);
    await microtasks();
    hub.readers.get('t1')!.onReset('made anew', true);

    expect(hub.hub.problem(Date.now() + 9_000)).toBeUndefined();
    expect(hub.hub.problem(Date.now() + 11_000)).toMatch(/t1/);
  });

  it('misses no state of a tenant that is no more, and ends its streams', async () => {
    await using hub = hubOf();
    const [one, waiting] = [hub.connect('t1'), hub.connect('t2')];
    hub.readers.get('t1')!.onCaughtUp(0, CREATED);
    await microtasks();
    hub.readers.get('t1')!.onReset('there is no such stream', true);

    hub.hub.forget('t1');
    hub.hub.forget('t2');

    await one.served;
    expect(one.outlet.ended).toBe(true);
    await expect(waiting.served).rejects.toMatchObject({ status: 503, code: 'state-unavailable' });
    expect(hub.stopped).toEqual(['t1', 't2']);
    expect(hub.hub.problem(Date.now() + 11_000)).toBeUndefined();
  });

  it('says 503 to who comes, and names it, while the broker cannot be reached', async () => {
    await using hub = hubOf();
    const lostAt = Date.now() - 11_000;
    hub.broker.lostSince = lostAt;

    await expect(hub.connect().served).rejects.toMatchObject({ status: 503, code: 'state-unavailable' });
    expect(hub.hub.problem(lostAt + 9_000)).toBeUndefined();
    expect(hub.hub.problem(lostAt + 11_000)).toMatch(/broker/);
  });

  it('drains: ends every stream, stops every reader and takes no more', async () => {
    const { hub, connect, readers, stopped } = hubOf();
    const client = connect();
    readers.get('t1')!.onCaughtUp(0, CREATED);
    await microtasks();

    await hub.drain();

    await client.served;
    expect(client.outlet.ended).toBe(true);
    expect(stopped).toEqual(['t1']);
    await expect(connect().served).rejects.toMatchObject({ status: 503, code: 'draining' });
  });
});
