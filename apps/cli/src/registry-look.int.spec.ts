import { facet, recordChangeOf, roomChangeOf, type EntityRecord, type RoomState } from '@roomwire/events';
import { auditSubject, AuditTrail, Bus, type NatsConnection } from '@roomwire/jetstream';
import type { NatsServer } from '@roomwire/testkit';
import type { Entry } from './core/audit-view.ts';
import type { Past } from './core/held-view.ts';
import { makeAcme } from './testing/acme.ts';
import { asAda, brokerOfUsers, connectAs } from './testing/broker.ts';

const AT = '2026-11-21T05:59:00.000Z';
const cause = { tenant: 'acme', provider: 'hostaway', lane: 'live', receivedAt: AT, receipt: 'receipt-1' } as const;
const room: RoomState = {
  ...{
    property: 'p-1',
    unit: 'u-1',
    name: 'Blue',
    timeZone: 'UTC',
    asOf: AT,
    current: null,
    next: null,
    lateCheckout: false,
    earlyArrival: false,
  },
  ...{
    occupancy: { state: 'vacant', basis: 'scheduled' },
    housekeeping: { status: 'clean', openTasks: 0 },
    maintenance: { outOfOrder: false, openTickets: 0 },
  },
  ...{ ambiguous: false, conflicts: [], freshness: { verifiedAt: null, connection: null, suspect: [] }, validUntil: null },
};
let nats: NatsServer;
let nc: NatsConnection;
beforeAll(async () => {
  nats = await brokerOfUsers();
  nc = await connectAs('operator', nats);
  await makeAcme(nc);
  const bus = new Bus(nc);
  for (const [revision, name] of [
    [1, 'Ada'],
    [2, 'Grace'],
  ] as const) {
    const stamp = { epoch: 0, modifiedAt: revision * 1_000_000, rank: 0, observedAt: 0, mapping: 3 } as const;
    const record: EntityRecord = {
      ...{ kind: 'reservation', connection: 'c1', entity: 'a/9' },
      facets: {
        guest: facet({ name, adults: null, children: null }, stamp),
        times: facet({ checkIn: '15:00', checkOut: null }, stamp),
      },
    };
    const change = recordChangeOf(record, revision, { property: 'p-1', units: ['u-1'] }, cause, { confirmed: false });
    await bus.publish({ tenant: 'acme', family: 'change', kind: 'reservation', scope: 'c1', entity: 'a/9' }, change, {
      id: change.id,
    });
  }
  const vacant = roomChangeOf(room, 1, 'booking', cause);
  await bus.publish({ tenant: 'acme', family: 'change', kind: 'room', scope: 'p-1', entity: 'u-1' }, vacant, { id: vacant.id });
});
afterAll(async () => {
  await nc?.close();
  await nats?.[Symbol.asyncDispose]();
});

const roomwire = (...args: string[]) => asAda(nats, args);

describe('roomwire registry get, history', () => {
  it('shows a record as it was told last, each facet with its version', async () => {
    const { code, out } = await roomwire('registry', 'get', 'reservation/c1/a/9');

    expect(code).toBe(0);
    expect(out).toMatch(/^roomwire\.reservation\.changed, revision 2, message 2 of STATE/);
    expect(out).toMatch(/stands at p-1, u-1/);
    expect(out).toMatch(/guest +0 +1970-01-01T00:00:02\.000Z +push +3 +\{"name":"Grace"/);
  });

  it('shows a room by its unit alone', async () => {
    expect(JSON.parse((await roomwire('registry', 'get', 'room/u-1', '--json')).out)).toMatchObject({
      change: { data: { unit: 'u-1', name: 'Blue' } },
    });
  });

  it('tells what each time changed', async () => {
    const { history } = JSON.parse((await roomwire('registry', 'history', 'reservation/c1/a/9', '--json')).out) as {
      history: Past[];
    };

    expect(history.map(({ revision, changed, receipt }) => [revision, changed, receipt])).toEqual([
      [1, ['guest', 'times'], 'receipt-1'],
      [2, ['guest'], 'receipt-1'],
    ]);
  });

  it.each([
    [['registry', 'get', 'reservation/c1/10'], 3, /nothing is known of reservation\/c1\/10/],
    [['registry', 'get', 'guest/c1/10'], 2, /not the name of a thing/],
    [['registry', 'history', 'room'], 2, /not the name of a thing/],
  ])('%j ends with %i', async (args, code, says) => {
    expect(await roomwire(...args)).toMatchObject({ code, out: '', err: expect.stringMatching(says) as string });
  });
});

describe('roomwire registry rebuild', () => {
  it('asks nobody where nobody would go on', async () => {
    await roomwire('tenant', 'pause', 'acme');

    expect(await roomwire('registry', 'rebuild', '--tenant', 'acme')).toMatchObject({
      code: 5,
      err: expect.stringContaining('roomwire tenant resume acme') as string,
    });
    expect(await roomwire('registry', 'rebuild', '--tenant', 'bell')).toMatchObject({ code: 3 });
    await roomwire('tenant', 'resume', 'acme');
  });
});

describe('roomwire audit', () => {
  it('puts what operators and the vault wrote down into one list by time', async () => {
    await roomwire('connection', 'pause', 'c1', '--reason', 'storm');
    await using vault = await asVault();
    const trail = new AuditTrail(vault, 'token-vault', 'w', Date.now);
    const said = { operation: 'reauthorise', caller: 'operator', tenant: 'acme', connection: 'c1', by: 'grace' };
    await trail.append({ ...said, verdict: 'done' }, 'v1');
    await trail.append({ ...said, verdict: 'counted', minute: AT, counts: { c1: 3 } }, 'v2');

    const listed = JSON.parse((await roomwire('audit', '--json')).out) as { entries: Entry[] };

    expect(listed.entries.map(({ trail, action, by, about }) => [trail, action, by, about])).toEqual([
      ['operator', 'tenant pause', 'ada', ''],
      ['operator', 'tenant resume', 'ada', ''],
      ['operator', 'connection pause', 'ada', 'c1'],
      ['vault', 'vault reauthorise, done', 'grace', 'c1'],
    ]);
    expect((await roomwire('audit', '--by', 'ada')).out).toMatch(/acme +ada +connection pause +c1 +storm\n$/);
    expect((await roomwire('audit', '--limit', '1')).err).toMatch(/there are 4/);
  });

  it('is one chain a command: of operators at once each is whole, and none can be changed unseen', async () => {
    const both = ['ada', 'grace'].map((by) => roomwire('connection', 'backfill', 'c1', '--by', by, '--reason', 'spec'));
    await Promise.all(both);
    const verified = async () => roomwire('audit', '--verify', '--json');
    const { out } = await verified();

    const { heads, findings } = JSON.parse(out) as { heads: { writer: string }[]; findings: unknown[] };
    expect(findings).toEqual([]);
    expect(heads.filter(({ writer }) => writer.startsWith('operator.')).length).toBeGreaterThanOrEqual(2);

    // Whoever has the operator's password can write, but nothing that hangs on what was there.
    const forged = { n: 1, prev: 'a', id: 'f', at: AT, operation: 'tenant pause', caller: 'operator', verdict: 'asked' };
    await new Bus(nc).publish(auditSubject('operator', 'forger'), forged, { id: 'f' });
    expect(await verified()).toMatchObject({ code: 5, err: expect.stringMatching(/of operator\.forger hangs on/) as string });
  });
});

async function asVault(): Promise<Bus & AsyncDisposable> {
  const own = await connectAs('token-vault', nats);
  return Object.assign(new Bus(own), { [Symbol.asyncDispose]: () => own.close() });
}
