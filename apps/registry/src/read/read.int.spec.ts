import {
  apiTokenHash,
  eventOf,
  facet,
  newApiToken,
  tenant as tenantSchema,
  type ConflictState,
  type EntityRecord,
} from '@roomwire/events';
import { ensureTenant, KvTable } from '@roomwire/jetstream';
import { natsServer, redisServer, type NatsServer, type RedisServer, type Spawned } from '@roomwire/testkit';
import addFormats from 'ajv-formats';
import { Ajv } from 'ajv';
import { keysOf } from '../keys.ts';
import { provision, replica, tell, type Replica } from '../testing/redis-replica.ts';
import { listeningUrl, registry } from '../testing/registry-process.ts';

type List = { items: Record<string, unknown>[]; next: string | null };
type Reservations = { items: { record: EntityRecord }[]; next: string | null };

const ours = newApiToken('t1', new Uint8Array(32).fill(1));
const theirs = newApiToken('t2', new Uint8Array(32).fill(2));
const entities = ({ items }: Reservations) => items.map(({ record }) => record.entity);

describe('the read API of a running registry', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let one: Replica;
  let service: Spawned;
  let url: string;

  beforeAll(async () => {
    [nats, redis] = await Promise.all([natsServer(), redisServer()]);
    await provision(nats.url);
    one = await replica(nats.url, redis.url);
    await ensureTenant(one.nc, 't2');
    const tenants = await KvTable.open(one.nc, 'tenants', tenantSchema);
    const t1 = tenants.get('t1')!;
    await tenants.put('t1', { ...t1, apiTokenHashes: [apiTokenHash(ours)] });
    await tenants.put('t2', { ...t1, id: 't2', apiTokenHashes: [apiTokenHash(theirs)] });
    await tenants.close();
    service = registry(nats.url, redis.url);
    url = await listeningUrl(service);
  });
  afterAll(async () => {
    await service?.kill();
    await one?.dispose();
    await Promise.all([nats?.[Symbol.asyncDispose](), redis?.[Symbol.asyncDispose]()]);
  });

  const ask = (path: string, headers: Record<string, string> = {}, token = ours) =>
    fetch(`${url}/v1/${path}`, { headers: { authorization: `Bearer ${token}`, ...headers } });
  const read = async <T = List>(path: string): Promise<T> => {
    const answer = await ask(path);
    expect(answer.status).toBe(200);
    return (await answer.json()) as T;
  };
  /** Every page of a list, one by one. */
  const walk = async <T extends { next: string | null }>(path: string): Promise<T[]> => {
    const pages = [await read<T>(path)];
    for (let next = pages[0]!.next; next !== null; next = pages.at(-1)!.next) pages.push(await read<T>(`${path}&cursor=${next}`));
    return pages;
  };

  /** The one that is no invention of a spec. */
  const real = async () => (await read('conflicts?status=checking,resolved')).items[0];

  it('lists reservations by pages of which none repeats or leaves out, while others come', async () => {
    for (const entity of ['1', '2', '4', '5']) await tell(one, { entity, unit: '40', second: 1 });

    const first = await read<Reservations>('reservations?limit=3');
    await tell(one, { entity: '3', unit: '41', second: 1 });
    await tell(one, { entity: '6', unit: '41', second: 1, status: 'cancelled' });
    const second = await read<Reservations>(`reservations?limit=3&cursor=${first.next}`);

    expect([entities(first), entities(second), second.next]).toEqual([['1', '2', '4'], ['5', '6'], null]);
    expect((await walk<Reservations>('reservations?limit=1')).flatMap(entities)).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it('filters them', async () => {
    const { items } = await read<{ items: { unit: string; property: string; sources: { entity: string }[] }[] }>('units');
    const { unit, property } = items.find(({ sources }) => sources[0]!.entity === '41')!;
    const found = async (query: string) => entities(await read<Reservations>(`reservations?${query}`));

    expect(await found(`unit=${unit}`)).toEqual(['3', '6']);
    expect(await found(`property=${property}&status=confirmed,checked-in`)).toEqual(['3']);
    expect(await found('status=cancelled')).toEqual(['6']);
    expect(await found('connection=c1&limit=200')).toHaveLength(6);
    expect(await found('connection=c')).toEqual([]);
    expect(await found('from=2000-01-01&to=2000-01-31')).toEqual([]);
  });

  it('looks at so many records a request and no more, and carries on where it ended', async () => {
    const key = keysOf('t1').names('reservation');
    const past = Array.from({ length: 1_100 }, (_, n) => ['0', `reservation/c0/${String(n).padStart(4, '0')}`]).flat();
    await one.redis.zadd(key, ...past);
    try {
      const pages = await walk<Reservations>('reservations?connection=c0');

      expect(pages.map(({ items }) => items)).toEqual([[], []]);
      expect(entities(await read<Reservations>('reservations?connection=c1'))).toHaveLength(6);
    } finally {
      await one.redis.zrem(key, ...past.filter((name) => name !== '0'));
    }
  });

  it('tells of houses and doors, and their states', async () => {
    const core = { name: 'Pension Ada', timeZone: 'Europe/Vienna', checkIn: '14:00', checkOut: null };
    const stamp = { epoch: 0, modifiedAt: 1_000_000, rank: 1 as const, observedAt: 5, mapping: 1 };
    const house = { kind: 'property' as const, connection: 'c1', entity: '40', facets: { core: facet(core, stamp) } };
    const origin = { tenant: 't1', provider: 'hostaway' as const, lane: 'live' as const, receipt: 'receipt-house' };
    const told = eventOf(house, { ...origin, receivedAt: new Date().toISOString() });
    await one.gate.within('t1', () => one.teller.tell(told, () => Promise.resolve()));

    const properties = await read('properties');
    const { property, units } = properties.items.find(({ name }) => name === 'Pension Ada')!;

    expect(properties.items).toHaveLength(2);
    expect(properties.items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ timeZone: 'Europe/Vienna', checkIn: '14:00', checkOut: '11:00' }),
        expect.objectContaining({ name: null, timeZone: 'UTC' }),
      ]),
    );
    expect((await read(`units?property=${String(property)}`)).items).toMatchObject([{ unit: (units as string[])[0], property }]);
    expect((await read(`rooms?property=${String(property)}`)).items).toMatchObject([{ unit: (units as string[])[0] }]);
    expect((await walk<List>('rooms?limit=1')).flatMap(({ items }) => items)).toHaveLength(2);
  });

  it('tells of conflicts: what waits for somebody, any by its id, and by filters', async () => {
    const status = async (query: string) => (await read(`conflicts?${query}`)).items.map((each) => each['status']);
    const [conflict] = (await read('conflicts')).items;
    const { id, property, unit } = conflict!;

    expect(conflict).toMatchObject({ kind: 'overlap', status: 'checking', sides: [{ what: 'reservation' }, {}, {}, {}] });
    expect(await read(`conflicts/${String(id)}`)).toEqual(conflict);
    const fitting = `status=open,checking&kind=price,overlap&property=${String(property)}&unit=${String(unit)}`;
    expect(await status(fitting)).toEqual(['checking']);
    for (const other of ['status=open', 'kind=price', 'property=p-other', 'unit=u-other', 'unitType=t-other'])
      expect(await status(other)).toEqual([]);
    expect((await ask('conflicts/c-000000000000')).status).toBe(404);
    expect((await ask('conflicts?status=closed')).status).toBe(400);

    const { etag } = Object.fromEntries((await ask('conflicts')).headers);
    for (const entity of ['2', '4', '5']) await tell(one, { entity, unit: '40', second: 9, status: 'cancelled' });
    expect((await ask('conflicts', { 'if-none-match': etag! })).status).toBe(200);
    expect(await status('status=resolved')).toEqual(['resolved']);
    expect((await read('conflicts')).items).toEqual([]);
    const { items } = await read(`conflicts/${String(id)}/history`);
    expect(items.map((each) => [each['type'], each['changed']])).toMatchObject([
      ['roomwire.conflict.resolved', ['status']],
      ['roomwire.conflict.checking', ['sides']],
      ['roomwire.conflict.checking', ['sides']],
      ['roomwire.conflict.checking', ['sides']],
      ['roomwire.conflict.checking', ['sides']],
      ['roomwire.conflict.checking', null],
    ]);
    expect(items[0]).toMatchObject(await read<Record<string, unknown>>(`conflicts/${String(id)}`));
    expect((await ask('conflicts/c-000000000000/history')).status).toBe(404);
  });

  it('tells of ten thousand conflicts by pages, and finds one of them at once', async () => {
    const { revision: _, ...like } = (await real()) as ConflictState & { revision: number };
    const many = Array.from({ length: 10_000 }, (_, n) => `c-${String(n).padStart(12, '0')}`);
    const of = (n: number) => ({ ...like, id: many[n]!, status: n % 2 ? 'open' : 'chosen', unit: `u-${n % 100}` }) as const;
    await Promise.all(
      many.map((_, n) => one.units.markConflict('t1', { state: { ...of(n), place: `u-${n % 100}` }, revision: 1, stateSeq: 1 })),
    );

    const pages = await walk<List>('conflicts?limit=200');
    expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(many.filter((_, n) => n % 2));
    // One request looks at so many and no more, whatever it filters by.
    const few = await walk<List>('conflicts?unit=u-7');
    expect(few.map(({ items }) => items.length)).toEqual([20, 20, 20, 20, 20, 0]);
    expect(await read(`conflicts/${many[9_999]!}`)).toMatchObject({ status: 'open', unit: 'u-99' });
  });

  it('tells what STATE keeps of a record, newest first', async () => {
    for (let second = 1; second <= 18; second++) await tell(one, { entity: 'told', guest: `Guest ${second}`, second });

    const { items } = await read('records/reservation/c1/told/history');

    expect(items.map(({ revision }) => revision)).toEqual(Array.from({ length: 16 }, (_, n) => 18 - n));
    expect(items[0]).toMatchObject({ type: 'roomwire.reservation.changed', receipt: 'receipt-18', gone: false });
    expect(items[0]).toMatchObject(await read<Record<string, unknown>>('records/reservation/c1/told'));
    expect(items.map(({ changed }) => changed)).toEqual([...Array.from({ length: 15 }, () => ['guest']), null]);
    expect((await read('reservations/c1/told/history')).items).toEqual(items);
  });

  it('tells what STATE keeps of a room, and what made each message differ', async () => {
    await tell(one, { entity: 'r', unit: '77', second: 1 });
    await tell(one, { entity: 'r', unit: '77', second: 2, guest: 'Grace' });
    await tell(one, { entity: 'r', unit: '77', second: 3, guest: 'Grace', status: 'cancelled' });
    const { items: units } = await read<{ items: { unit: string; sources: { entity: string }[] }[] }>('units');
    const { unit } = units.find(({ sources }) => sources[0]!.entity === '77')!;

    const { items } = await read(`rooms/${unit}/history`);

    expect(items.map(({ changed }) => changed)).toEqual([['current', 'occupancy', 'validUntil'], ['current'], null]);
    expect(items[0]).toMatchObject(await read<Record<string, unknown>>(`rooms/${unit}`));
    expect((await ask('rooms/u-other/history')).status).toBe(404);
    expect((await ask(`rooms/${unit}/history`, {}, theirs)).status).toBe(404);
  });

  it('answers 304 until something changes', async () => {
    const first = await ask('reservations');
    const etag = first.headers.get('etag')!;
    const again = await ask('reservations', { 'if-none-match': `"other", W/${etag}` });
    await tell(one, { entity: '1', unit: '40', guest: 'Grace', second: 2 });
    const changed = await ask('reservations', { 'if-none-match': etag });

    expect(etag).toMatch(/^"[\w-]+"$/);
    expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(etag);
  });

  it('names what is wrong with a request, to those who may ask', async () => {
    const wrong = await ask('reservations?limit=0&stauts=confirmed');

    expect(wrong.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await wrong.json()).toMatchObject({
      status: 400,
      code: 'invalid',
      errors: [{ field: 'limit' }, { field: 'stauts', message: expect.stringContaining('status') as string }],
    });
    expect((await ask('records/guest/c1/1')).status).toBe(400);
    expect((await ask('reservations?limit=0', {}, 'none')).status).toBe(401);
  });

  it('knows nothing of another tenant', async () => {
    const id = (await real())!['id'] as string;
    for (const path of ['properties', 'units', 'rooms', 'reservations', 'conflicts', 'conflicts?status=checking,resolved'])
      expect(await (await ask(path, {}, theirs)).json()).toEqual({ items: [], next: null });
    for (const path of ['records/reservation/c1/1', 'records/reservation/c1/1/history', 'reservations/c1/1/history'])
      expect((await ask(path, {}, theirs)).status).toBe(404);
    for (const path of [`conflicts/${id}`, `conflicts/${id}/history`]) expect((await ask(path, {}, theirs)).status).toBe(404);
  });

  it('does not take an emptied Redis for an empty house', async () => {
    const before = await read<Reservations>('reservations');
    const rooms = await read('rooms');
    const contested = await real();
    await one.redis.flushall();

    expect(entities(await read<Reservations>('reservations'))).toEqual(entities(before));
    expect((await read('rooms')).items).toHaveLength(rooms.items.length);
    expect(await real()).toEqual(contested);
    await one.redis.flushall();
    expect((await ask('records/reservation/c1/1')).status).toBe(200);
  });

  it('answers as its own description says', async () => {
    const description = (await (await fetch(`${url}/v1/openapi.json`)).json()) as { paths: Record<string, unknown> };
    const ajv = new Ajv({ strict: false });
    addFormats.default(ajv);
    ajv.addSchema(description, 'api');
    const { items } = await read<{ items: { unit: string }[] }>('units');
    const conflict = (await real())!['id'] as string;
    const values: Record<string, string> = {
      unit: items[0]!.unit,
      kind: 'reservation',
      connection: 'c1',
      entity: 'told',
      conflict,
    };
    const check = async (path: string, answer: Response, media: string) => {
      const at = ['paths', path, 'get', 'responses', String(answer.status), 'content', media, 'schema'];
      const fits = ajv.getSchema(
        `api#/${at.map((part) => part.replaceAll('/', '~1').replaceAll(/[{}]/g, encodeURIComponent)).join('/')}`,
      );
      void fits?.(await answer.json());
      return { path, status: answer.status, described: fits !== undefined, errors: fits?.errors };
    };

    for (const path of Object.keys(description.paths)) {
      const concrete = path.slice('/v1/'.length).replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name]!);
      const fine = { path, described: true, errors: null };
      expect(await check(path, await ask(concrete), 'application/json')).toEqual({ ...fine, status: 200 });
      expect(await check(path, await ask(`${concrete}?x=1`), 'application/problem+json')).toEqual({ ...fine, status: 400 });
      expect(await check(path, await ask(concrete, {}, 'x'), 'application/problem+json')).toEqual({ ...fine, status: 401 });
    }
  });
});
