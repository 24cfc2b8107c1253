import { eventually } from '@roomwire/testkit';
import { changeOf, read, shows, watch, type Room } from './board.ts';
import { fleet, type Fleet } from './fleet.ts';
import { dayFromNow, envelope, post, reservation, send, stamp, type Reservation, type Tenant } from './hostaway-webhook.ts';
import { tell as tellInternal, unitStatus } from './internal-webhook.ts';
import { deadLetterOf } from './outcomes.ts';
import { book, simulate } from './simulator.ts';

/** Follows a change that must not come: long enough for many that do (each takes some 10 ms). */
const QUIET_MS = 500;
/** The list of houses waits for permits (15 in 10 s) among the other lists of two new connections. */
const NAMED_WITHIN_MS = 50_000;

describe("a webhook becomes a room's state on a client's screen", () => {
  let started!: Fleet;
  let tenant: Tenant;
  let other: Tenant;

  beforeAll(async () => {
    started = await fleet();
    [tenant, other] = started.ready.tenants as [Tenant, Tenant];
  }, 90_000);
  afterAll(async () => {
    await started?.[Symbol.asyncDispose]();
  }, 40_000);

  const tell = (data: Reservation) => send(tenant, envelope(data));
  type Held = { revision: number; record: { facets: Record<string, { content: Record<string, unknown> }> } };
  const address = (id: number) => `/v1/records/reservation/${tenant.connections[0]!.id}/${id}`;
  const record = (id: number) => read<Held>(started.ready, tenant, address(id));

  it('shows the guest in the room, and says how long it took', async () => {
    await using board = await watch(started.ready, tenant);

    const answer = await tell(reservation(1001));
    const change = changeOf(await board.next(shows(1001)));

    expect(answer.status).toBe(202);
    expect(change).toMatchObject({ type: 'roomwire.room.changed', tenant: tenant.tenant, receipt: answer.body['receipt'] });
    expect(change.data).toMatchObject({
      occupancy: { state: 'occupied', basis: 'scheduled' },
      current: { guest: 'Ada Lovelace' },
    });
    expect(Date.parse(change.receivedat)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('tells it to nobody else', async () => {
    await using theirs = await watch(started.ready, other, 'kind=room,reservation');
    await using ours = await watch(started.ready, tenant);

    await tell(reservation(1002));
    await ours.next(shows(1002));

    expect(theirs.events.filter(({ data }) => data.includes('1002'))).toEqual([]);
  });

  it('changes nothing for a duplicate, which has a receipt of its own', async () => {
    await using board = await watch(started.ready, tenant);
    const data = reservation(1003);
    const first = await tell(data);
    await board.next(shows(1003));

    const second = await tell(data);

    expect(second.status).toBe(202);
    expect(second.body['receipt']).not.toBe(first.body['receipt']);
    await expect(board.next(shows(1003), QUIET_MS)).rejects.toThrow();
    expect((await record(1003)).revision).toBe(1);
    const { items } = await read<{ items: (Held & { receipt: string })[] }>(started.ready, tenant, `${address(1003)}/history`);
    expect(items.map(({ revision, receipt }) => [revision, receipt])).toEqual([[1, first.body['receipt']]]);
  });

  it('changes nothing for an older one', async () => {
    await using board = await watch(started.ready, tenant);
    await tell(reservation(1004, { guestName: 'Newer', updatedOn: stamp(Date.now() - 10_000) }));
    await board.next(shows(1004));

    const older = await tell(reservation(1004, { guestName: 'Older', updatedOn: stamp(Date.now() - 20_000) }));

    expect(older.status).toBe(202);
    await expect(board.next(shows(1004), QUIET_MS)).rejects.toThrow();
    expect((await record(1004)).record.facets['guest']!.content['name']).toBe('Newer');
  });

  it('keeps what a partial one does not carry', async () => {
    await using board = await watch(started.ready, tenant);
    await tell(reservation(1005));
    await board.next(shows(1005));

    const { id, listingMapId, status, arrivalDate } = reservation(1005);
    await tell({ id, listingMapId, status, arrivalDate, departureDate: dayFromNow(9), updatedOn: stamp(Date.now()) });
    const change = changeOf(await board.next(shows(1005)));

    expect(change.data.current).toMatchObject({ guest: 'Ada Lovelace' });
    expect(change.data.current!.departsAt.slice(0, 10)).toBe(dayFromNow(9));
    expect((await record(1005)).record.facets['money']).toBeDefined();
  });

  it('moves a guest: the room that was left is told too', async () => {
    await using board = await watch(started.ready, tenant);
    const data = reservation(1006);
    await tell(data);
    const before = changeOf(await board.next(shows(1006)));

    await tell({ ...data, listingMapId: 899_006, updatedOn: stamp(Date.now()) });
    const after = changeOf(await board.next(shows(1006)));
    const left = changeOf(
      await board.next((event) => event.event === 'change' && changeOf(event).data.unit === before.data.unit),
    );

    expect(after.data.unit).not.toBe(before.data.unit);
    expect(left.data).toMatchObject({ occupancy: { state: 'vacant' }, current: null });
  });

  it('refuses who does not prove to be the provider', async () => {
    const forged = await send(tenant, envelope(reservation(1007)), { authorization: `Basic ${btoa('hostaway-seaside:wrong')}` });
    const theirs = await send(tenant, envelope(reservation(1007)), other.connections[0]!.headers);
    const none = await send(tenant, envelope(reservation(1007)), {});

    expect([forged.status, theirs.status, none.status]).toEqual([401, 401, 401]);
    expect(forged.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(forged.headers.get('www-authenticate')).toMatch(/^Basic/);
  });

  it('refuses an unknown connection, too many bytes, and what is not JSON', async () => {
    const { webhookUrl, headers } = tenant.connections[0]!;

    expect((await post(`${webhookUrl}-nobody`, '{}', headers)).status).toBe(404);
    expect((await post(webhookUrl.replace('hostaway', 'mews'), '{}', headers)).status).toBe(404);
    expect((await send(tenant, `{"pad":"${'x'.repeat(1_100_000)}"}`)).status).toBe(413);
    expect((await send(tenant, 'hello')).status).toBe(400);
  });

  it('keeps what it cannot understand, with its receipt and a pointer to the bad part', async () => {
    const answer = await tell(reservation(1008, { arrivalDate: 'the day after tomorrow' }));
    const letter = await deadLetterOf(started.ready, tenant.tenant, answer.body['receipt'] as string);

    expect(answer.status).toBe(202);
    expect(letter).toMatchObject({ provider: 'hostaway', reason: 'schema' });
    expect(letter.pointer).toContain('arrivalDate');
  }, 20_000);

  it('refuses an id that no subject can carry as one dead letter, and goes on', async () => {
    await using board = await watch(started.ready, tenant);
    const long = await send(
      tenant,
      JSON.stringify({
        object: 'reservation',
        event: 'reservation.updated',
        accountId: 10450,
        data: { ...reservation(1), id: 'x'.repeat(129) },
      }),
    );
    const letter = await deadLetterOf(started.ready, tenant.tenant, long.body['receipt'] as string);

    await tell(reservation(1009));
    await board.next(shows(1009));

    expect(letter.pointer).toContain('id');
  }, 20_000);

  it('shows what the cleaner says of the room, and no stale word of hers', async () => {
    await using board = await watch(started.ready, tenant);
    const data = reservation(1010);
    await tell(data);
    await board.next(shows(1010));
    const [listing, now] = [String(data['listingMapId']), Date.now()];

    const answer = await tellInternal(tenant, [unitStatus(listing, 'clean', now)]);
    const change = changeOf(await board.next(shows(1010)));
    await tellInternal(tenant, [unitStatus(listing, 'dirty', now - 60_000)]);

    expect(change).toMatchObject({ receipt: answer.body['receipt'], data: { housekeeping: { status: 'clean' } } });
    await expect(board.next(shows(1010), QUIET_MS)).rejects.toThrow();
  });

  it('refuses a fact that is signed by another tenant, or was long ago', async () => {
    const theirs = { ...tenant.connections[1]!, signingKey: other.connections[1]!.signingKey! };
    const forged = await tellInternal({ ...tenant, connections: [theirs] }, [unitStatus('1', 'clean')]);
    const replayed = await tellInternal(tenant, [unitStatus('1', 'clean')], Date.now() - 6 * 60_000);

    expect([forged.status, replayed.status]).toEqual([401, 401]);
  });

  it('reads what a hint does not say, and learns the name of the room', async () => {
    await using board = await watch(started.ready, tenant);
    await simulate(started.ready, 'faults', { accountId: 10450, omitUpdatedOn: true });
    await book(started.ready, 10450);

    const change = await board.next(
      (event) => event.event === 'change' && changeOf(event).data.current?.guest === 'Grace Hopper',
      15_000,
    );

    expect(changeOf(change).data.occupancy.state).toBe('occupied');
    await eventually(
      async () => {
        const { items } = await read<{ items: Room[] }>(started.ready, tenant, '/v1/rooms?limit=200');
        expect(items.find(({ unit }) => unit === changeOf(change).data.unit)?.name).toMatch(/[A-Za-z]{3}/);
      },
      { withinMs: NAMED_WITHIN_MS },
    );
  }, 80_000);
});
