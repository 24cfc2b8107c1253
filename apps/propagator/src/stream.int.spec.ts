import { randomBytes } from 'node:crypto';
import { connectNats, ensureFleet, natsConf, passwordVariable, USERS, type NatsConnection } from '@roomwire/jetstream';
import { eventually, natsServer, sseClient, type NatsServer, type Spawned, type SseClient } from '@roomwire/testkit';
import { listeningUrl, propagator } from './testing/propagator-process.ts';
import { brief, revisionsOf } from './testing/received.ts';
import { TenantPublisher } from './testing/tenant-publisher.ts';

const login = { NATS_PASSWORD: 'pass-propagator' };
let nats: NatsServer;
let nc: NatsConnection;
let service: Spawned;
let url: string;

const watch = (publisher: TenantPublisher, query = '', lastEventId?: string): Promise<SseClient> =>
  sseClient(`${url}/v1/stream${query}`, { headers: publisher.headers, ...(lastEventId === undefined ? {} : { lastEventId }) });
const live = (client: SseClient) => client.next(({ event }) => event === 'live');
const has = (client: SseClient, count: number) => eventually(() => expect(client.events.length).toBeGreaterThanOrEqual(count));
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') => fetch(`${url}${path}`, { method, headers });

beforeAll(async () => {
  // With the permissions of production: what a service may not do shows here, and not on the first day.
  const passwords = USERS.map(({ user }) => [passwordVariable(user), `pass-${user}`] as const);
  nats = await natsServer({ config: natsConf(), env: Object.fromEntries(passwords) });
  nc = await connectNats({ servers: nats.url, service: 'operator', user: 'operator', pass: 'pass-operator' });
  await ensureFleet(nc);
  service = propagator(nats.url, { ...login, ROOMWIRE_STREAMS_PER_TENANT_MAX: '12' });
  url = await listeningUrl(service);
});

afterAll(async () => {
  await service?.kill();
  await nc?.close();
  await nats?.[Symbol.asyncDispose]();
});

describe('GET /v1/stream', () => {
  it('gives the snapshot, says live once, then every change at once', async () => {
    const tenant = await TenantPublisher.make(nc);
    await tenant.room({ unit: 'u1' });
    await tenant.room({ unit: 'u2' });
    await tenant.room({ unit: 'u1' });
    await using client = await watch(tenant);
    await live(client);

    await tenant.reservation({ id: 'r1' });
    await has(client, 4);

    expect(brief(client.events)).toEqual(['snapshot room/u2:1', 'snapshot room/u1:2', 'live', 'change reservation/r1:1']);
    expect(client.events[2]?.json()).toEqual({ tenant: tenant.id, lastEventId: client.events[2]?.id });
    await eventually(() => expect(client.comments.filter((comment) => comment === 'heartbeat').length).toBeGreaterThan(1));
  });

  it('lets nothing on the way hold the frames back', async () => {
    const tenant = await TenantPublisher.make(nc);
    const abort = new AbortController();
    const response = await fetch(`${url}/v1/stream`, { headers: tenant.headers, signal: abort.signal });

    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    abort.abort();
  });

  it('keeps what was forgotten while it runs, and follows it where it begins anew', async () => {
    const tenant = await TenantPublisher.make(nc);
    await tenant.reservation({ id: 'r1' });
    await tenant.reservation({ id: 'r1' });
    await using client = await watch(tenant);
    await live(client);

    await tenant.reservationAnew('r1');
    await tenant.reservation({ id: 'r2' });
    await has(client, 4);

    expect(brief(client.events)).toEqual([
      'snapshot reservation/r1:2',
      'live',
      'change reservation/r1:1',
      'change reservation/r2:1',
    ]);
  });

  it('shows a confirmation to nobody who follows, but knows of it', async () => {
    const tenant = await TenantPublisher.make(nc);
    await tenant.reservation({ id: 'r1' });
    await using client = await watch(tenant);
    await live(client);

    await tenant.reservation({ id: 'r1', confirmed: true });
    await tenant.reservation({ id: 'r2' });
    await has(client, 3);

    expect(brief(client.events)).toEqual(['snapshot reservation/r1:1', 'live', 'change reservation/r2:1']);
    await using later = await watch(tenant);
    await live(later);
    expect(brief(later.events)).toEqual(['snapshot reservation/r1:2', 'snapshot reservation/r2:1', 'live']);
  });

  it('filters, and tells once of what leaves the filter', async () => {
    const tenant = await TenantPublisher.make(nc);
    await tenant.reservation({ id: 'r1', place: { property: 'p1', units: ['u1'] } });
    await tenant.room({ unit: 'u2' });
    await using client = await watch(tenant, '?kind=reservation,room&unit=u1');
    await live(client);

    await tenant.reservation({ id: 'r1', place: { property: 'p1', units: ['u2'] }, previous: { property: 'p1', units: ['u1'] } });
    await tenant.reservation({ id: 'r1', place: { property: 'p1', units: ['u2'] } });
    await tenant.room({ unit: 'u1' });
    await has(client, 4);

    expect(brief(client.events)).toEqual(['snapshot reservation/r1:1', 'live', 'change reservation/r1:2', 'change room/u1:1']);
  });

  it('whenever a client joins, is cut off and resumes, while many publish: revisions rise and the last of each arrives', async () => {
    const tenant = await TenantPublisher.make(nc);
    const units = Array.from({ length: 12 }, (_, n) => `u${n}`);
    const rounds = 200;
    let published = 0;
    const publishing = units.map(async (unit) => {
      for (let n = 0; n < rounds; n += 1) {
        await tenant.room({ unit });
        published += 1;
      }
    });
    const collect = async (startAt: number, cutAfter: number) => {
      await eventually(() => expect(published).toBeGreaterThanOrEqual(startAt), { everyMs: 1, withinMs: 30_000 });
      await using first = await watch(tenant);
      await has(first, cutAfter);
      await first.close();
      await using second = await watch(tenant, '', first.lastEventId);
      await live(second);
      await eventually(
        () =>
          expect(revisionsOf([...first.events, ...second.events])).toEqual(
            new Map(units.map((unit) => [`room/${unit}`, rounds])),
          ),
        {
          withinMs: 30_000,
        },
      );
      return { first: first.events.map(({ event }) => event), second: second.events.map(({ event }) => event) };
    };

    const clients = await Promise.all(
      [0, 1, 50, 200, 500, 900, 1400, 2000, 2390].map((startAt, n) => collect(startAt, [1, 5, 13, 200, 60, 12, 100, 7, 3][n]!)),
    );
    await Promise.all(publishing);

    for (const { first, second } of clients) {
      expect(first.join()).toMatch(/^(snapshot,?)*(live,?)?(change,?)*$/);
      expect(second.join()).toMatch(/^(change,)*live(,change)*$/);
    }
    const told = clients.flatMap(({ first, second }) => [...first, ...second]).filter((event) => event === 'change');
    expect(told.length).toBeGreaterThan(units.length * clients.length); // or nothing was concurrent
  });

  it('resumes by header or by query without gap or repeat', async () => {
    const tenant = await TenantPublisher.make(nc);
    await tenant.room({ unit: 'u1' });
    await tenant.room({ unit: 'u2' });
    await using client = await watch(tenant);
    const { id } = await live(client);
    await tenant.room({ unit: 'u2' });
    await tenant.room({ unit: 'u3' });
    await tenant.room({ unit: 'u2' });
    // The broker's answer to a publisher may overtake what it hands the service's reader.
    await client.next((event) => brief([event])[0] === 'change room/u2:3');

    await using byHeader = await watch(tenant, '', id);
    await using byQuery = await watch(tenant, `?lastEventId=${id}`);
    await Promise.all([live(byHeader), live(byQuery)]);

    for (const resumed of [byHeader, byQuery])
      expect(brief(resumed.events)).toEqual(['change room/u3:1', 'change room/u2:3', 'live']);
  });

  it('says must-refetch for a token that means nothing here, and gives the snapshot', async () => {
    const [one, other] = [await TenantPublisher.make(nc), await TenantPublisher.make(nc)];
    for (const tenant of [one, other]) await tenant.room({ unit: 'u1' });
    await using foreign = await watch(other);
    const { id: ofOther } = await live(foreign);
    await using own = await watch(one);
    const { id: ofOne } = await live(own);
    const [epoch] = Buffer.from(ofOne ?? '', 'base64url')
      .toString()
      .split('.');
    const beyond = Buffer.from(`${epoch}.9999`).toString('base64url');

    for (const token of ['nonsense', ofOther, beyond]) {
      await using client = await watch(one, '', token);
      await live(client);
      expect(brief(client.events)).toEqual(['must-refetch', 'snapshot room/u1:1', 'live']);
      expect(client.events[0]?.id).toBeUndefined();
    }
  });

  it('ends its streams on SIGTERM and leaves within the time that it has', async () => {
    const tenant = await TenantPublisher.make(nc);
    await using leaving = propagator(nats.url, login);
    await using client = await sseClient(`${await listeningUrl(leaving)}/v1/stream`, { headers: tenant.headers });
    await live(client);

    const exit = await leaving.stop();

    await client.ended;
    expect(exit).toEqual({ code: 0, signal: null });
  });
});

describe('who may watch', () => {
  it('shows a tenant nothing of another', async () => {
    const [one, other] = [await TenantPublisher.make(nc), await TenantPublisher.make(nc)];
    await one.room({ unit: 'secret' });
    await using client = await watch(other);
    await live(client);

    await one.room({ unit: 'secret' });
    await other.room({ unit: 'mine' });
    await has(client, 2);

    expect(brief(client.events)).toEqual(['live', 'change room/mine:1']);
    expect(client.events[0]?.json()).toMatchObject({ tenant: other.id });
  });

  it('refuses with a challenge whoever has no token in force', async () => {
    const tenant = await TenantPublisher.make(nc);
    const wrong = [undefined, 'nonsense', `rw_${tenant.id}_${'A'.repeat(43)}`, tenant.token.replace(tenant.id, 'nobody')];

    for (const token of wrong) {
      const answer = await ask('/v1/stream', token ? { authorization: `Bearer ${token}` } : {});
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(JSON.stringify(await answer.json())).not.toContain('A'.repeat(43));
    }
  });

  it('admits by ticket for one tenant, and refuses a forged one', async () => {
    const tenant = await TenantPublisher.make(nc);
    const answer = await ask('/v1/tickets', { ...tenant.headers, 'content-type': 'application/json' }, 'POST');
    const { ticket, expiresAt } = (await answer.json()) as { ticket: string; expiresAt: string };

    await using client = await sseClient(`${url}/v1/stream?ticket=${ticket}`);
    await live(client);

    expect(answer.status).toBe(201);
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(60_000);
    expect((await ask(`/v1/stream?ticket=${ticket.slice(0, -2)}xx`)).status).toBe(401);
    expect((await ask('/v1/tickets', {}, 'POST')).status).toBe(401);
  });

  it('ends the streams of a token that is withdrawn', async () => {
    const tenant = await TenantPublisher.make(nc);
    await using client = await watch(tenant);
    await live(client);

    await tenant.keep({ ...tenant.record, apiTokenHashes: [] });

    await client.ended;
    expect((await ask('/v1/stream', tenant.headers)).status).toBe(401);
  });

  it('names the field and what is allowed where a filter is wrong', async () => {
    const tenant = await TenantPublisher.make(nc);

    const answer = await ask('/v1/stream?kind=rooms&pipeline=plumbing', tenant.headers);

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      code: 'invalid',
      errors: [
        { field: 'kind', allowed: expect.arrayContaining(['room']) as unknown },
        { field: 'pipeline', allowed: expect.arrayContaining(['booking']) as unknown },
      ],
    });
  });

  it('says 429 beyond the limit of streams', async () => {
    const tenant = await TenantPublisher.make(nc);
    const clients = await Promise.all(Array.from({ length: 12 }, () => watch(tenant)));

    const answer = await ask('/v1/stream', tenant.headers);

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '2']);
    await Promise.all(clients.map((client) => client.close()));
    await eventually(async () => {
      await using client = await watch(tenant);
      await live(client);
    });
  });

  it('says 404 for anything else', async () => {
    expect((await ask(`/v1/${randomBytes(4).toString('hex')}`)).status).toBe(404);
  });
});
