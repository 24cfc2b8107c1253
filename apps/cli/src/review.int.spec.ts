import {
  conflictChangeOf,
  conflictIdOf,
  review as reviewSchema,
  reviewKey,
  sideIdOf,
  sidesHash,
  subjectOf,
  tenant as tenantSchema,
  type ConflictSide,
  type ConflictState,
  type Review,
} from '@roomwire/events';
import { Bus, ensureFleet, ensureTenant, KvTable, publishDeadLetter, type NatsConnection } from '@roomwire/jetstream';
import { eventually, type NatsServer } from '@roomwire/testkit';
import { audited } from './testing/audited.ts';
import { asAda, brokerOfUsers, connectAs } from './testing/broker.ts';

const side = (reservation: string): ConflictSide => ({
  ...{
    what: 'reservation',
    connection: 'c1',
    reservation,
    status: 'confirmed',
    arrival: '2026-07-01',
    departure: '2026-07-04',
    guest: 'A\u001b[2JB',
  },
});
const state = (unit: string, status: ConflictState['status'], since: string): ConflictState => ({
  ...{ id: conflictIdOf('overlap', unit, '2026-07-01'), kind: 'overlap', status, since },
  ...{ property: 'p-1', unit, unitType: null, place: unit },
  ...{ firstNight: '2026-07-01', lastNight: '2026-07-03', sides: [side('1'), side('2')] },
});
const OPEN = state('u-1', 'open', '2026-06-01T00:00:00.000Z');
const NAME = `acme:${OPEN.id}`;

describe('roomwire review', () => {
  let nats: NatsServer;
  let nc: NatsConnection;
  let registry: NatsConnection;
  let reviews: KvTable<Review>;

  beforeAll(async () => {
    nats = await brokerOfUsers();
    const as = (user: string) => connectAs(user, nats);
    nc = await as('operator');
    await ensureFleet(nc);
    const tenants = await KvTable.open(nc, 'tenants', tenantSchema);
    for (const id of ['acme', 'other']) {
      await ensureTenant(nc, id);
      const defaults = { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' };
      await tenants.put(id, { id, name: id, status: 'active', apiTokenHashes: [], defaults });
    }
    await tenants.close();
    registry = await as('registry');
    reviews = await KvTable.open(nc, 'catalog', reviewSchema, { filter: '*.review.*.*' });
    await tell(state('u-1', 'checking', OPEN.since), 1);
    await tell(OPEN, 2);
    await tell(state('u-2', 'resolved', '2026-05-01T00:00:00.000Z'), 1);
    await tell(state('u-3', 'open', '2026-05-02T00:00:00.000Z'), 1);
  });
  afterAll(async () => {
    await reviews?.close();
    await registry?.close();
    await nc?.close();
    await nats?.[Symbol.asyncDispose]();
  });

  async function tell(conflict: ConflictState, revision: number): Promise<void> {
    const cause = { tenant: 'acme', provider: 'hostaway', lane: 'live', receivedAt: conflict.since } as const;
    const subject = subjectOf({
      tenant: 'acme',
      family: 'change',
      kind: 'conflict',
      scope: conflict.property ?? 'none',
      entity: conflict.id,
    });
    const change = conflictChangeOf(conflict, revision, cause);
    await new Bus(registry).publish(subject, change, { id: change.id });
  }

  const roomwire = (...args: string[]) => asAda(nats, ['review', ...args]);
  const listed = async (...args: string[]) => {
    const { out } = await roomwire('ls', '--json', ...args);
    return (JSON.parse(out) as { conflicts: ConflictState[] }).conflicts.map(({ unit, status }) => `${unit} ${status}`);
  };

  const decided = () => reviews.fromLeader(reviewKey('acme', 'u-1', OPEN.id));
  const actions = async () => (await audited(nc, 'acme')).map(({ operation }) => operation);

  it('lists what waits for somebody, oldest first, and the rest when asked', async () => {
    expect(await listed()).toEqual(['u-3 open', 'u-1 open']);
    expect(await listed('--all')).toEqual(['u-2 resolved', 'u-3 open', 'u-1 open']);
    expect(await listed('--unit', 'u-1')).toEqual(['u-1 open']);
    expect((await roomwire('ls', '--tenant', 'other')).out).toBe('no open conflicts\nno refused pushes\n');
    const { out } = await roomwire('ls', '--tenant', 'acme');
    expect(out).toContain(NAME);
    expect(out).toContain('2026-07-01 to 2026-07-03');
  });

  it('lists beside them the orders that a provider has refused, and says where each is shown', async () => {
    const subject = 'pms.other.push.ordinary.beds24.c2';
    const from = { tenant: 'other', stream: 'WORK_other', seq: 9, stage: 'push-beds24-ordinary', subject, headers: [] };
    await publishDeadLetter(
      new Bus(nc),
      { ...from, data: new TextEncoder().encode('{}'), attempts: 1, firstAt: OPEN.since },
      { reason: 'invalid-request', detail: '2 of 4 nights, the first 2030-06-01: price too low' },
    );
    const { out, err } = await roomwire('ls', '--tenant', 'other');

    expect(out).toMatch(/^other:1 +beds24 +c2 +invalid-request +2 of 4 nights, the first 2030-06-01: price too low/m);
    expect(err).toContain('roomwire dlq show');
    expect(JSON.parse((await roomwire('ls', '--json')).out)).toMatchObject({ refusedPushes: [{ id: 'other:1' }] });
    expect(JSON.parse((await roomwire('ls', '--unit', 'u-1', '--json')).out)).toMatchObject({ refusedPushes: [] });
    expect((await asAda(nats, ['dlq', 'stats'])).out).toContain('open conflicts: 2, refused pushes: 1 (`roomwire review ls`)');
    expect((await roomwire('show', 'other:1')).err).toContain('roomwire dlq show other:1');
  });

  it('shows the sides, and lets no guest move the cursor', async () => {
    const { code, out } = await roomwire('show', NAME);

    expect(code).toBe(0);
    expect(out).toMatch(/reservation +c1\/2 +confirmed, 2026-07-01 to 2026-07-04/);
    expect(out).not.toContain('\u001b');
  });

  it('dismisses under the name of whoever did, of exactly the sides that were shown, and takes it back', async () => {
    expect((await roomwire('dismiss', NAME, '--reason', 'one party')).code).toBe(0);
    expect(await decided()).toMatchObject({ choice: 'dismissed', by: 'ada', reason: 'one party', sides: sidesHash(OPEN.sides) });
    expect((await roomwire('reopen', NAME, '--reason', 'no')).code).toBe(0);
    expect(await decided()).toBeUndefined();

    expect(await actions()).toEqual(['review dismiss', 'review reopen']);
  });

  it('chooses a side, by the name that show prints, and shows what was chosen and by whom', async () => {
    const { out: shown } = await roomwire('show', NAME);
    const [side] = /c1\/2/.exec(shown)!;

    const { code, out } = await roomwire('choose', NAME, side, '--reason', 'paid first', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ choice: 'chosen', chosen: { what: 'reservation', connection: 'c1', entity: '2' } });
    expect(await decided()).toMatchObject({ choice: 'chosen', chosen: { entity: '2' }, by: 'ada', sides: sidesHash(OPEN.sides) });
    expect((await actions()).at(-1)).toBe('review choose');
    const again = await roomwire('show', NAME);
    expect(again.out).toContain('chosen by ada');
    expect(again.out).toContain('paid first');
    expect((await roomwire('choose', NAME, 'c1/3', '--reason', 'x')).err).toMatch(
      /it has no side "c1\/3"\n +its sides: c1\/1, c1\/2/,
    );
    // Who doubts a decision takes it back first.
    expect(await roomwire('reread', NAME, '--reason', 'x')).toMatchObject({
      code: 5,
      err: expect.stringContaining('reopen') as string,
    });
    expect((await roomwire('reopen', NAME, '--reason', 'no')).code).toBe(0);
    expect(await decided()).toBeUndefined();
  });

  it('wishes for another reading, says what is read, and waits for what comes of it', async () => {
    // What came of an earlier wish is no answer to this one.
    const earlier = { asked: '2026-06-01T00:00:00.000Z', since: '2026-06-01T00:00:01.000Z', sides: [] };
    await tell({ ...OPEN, reread: earlier }, 3);
    const running = roomwire('reread', NAME, '--wait', '--reason', 'the guest says otherwise');
    const wish = await eventually(async () => {
      const found = await decided();
      expect(found).toMatchObject({ choice: 'reread', by: 'ada' });
      return found!;
    });
    const sides = OPEN.sides.map(sideIdOf);
    const reread = { asked: wish.at, since: '2026-11-21T06:00:02.000Z', sides };
    await tell({ ...OPEN, status: 'checking', reread }, 4);
    await tell({ ...OPEN, reread }, 5);

    const { code, out } = await running;
    expect(code).toBe(0);
    expect(out).toBe(`asked for reads of c1/1, c1/2\n${NAME}: open\n`);
    expect((await actions()).at(-1)).toBe('review reread');
    expect(await roomwire('reopen', NAME, '--reason', 'x')).toMatchObject({ code: 5 });

    // A wish as it is held already, of sides of which none can be read.
    await tell({ ...OPEN, reread: { ...reread, sides: [] } }, 6);
    const { out: json } = await roomwire('reread', NAME, '--reason', 'x', '--json');
    expect(JSON.parse(json)).toMatchObject({ tenant: 'acme', reads: [], status: 'open' });
  });

  it('says what is wrong and what to do', async () => {
    expect(await roomwire('show', 'acme')).toMatchObject({
      code: 2,
      err: expect.stringContaining('roomwire review ls') as string,
    });
    expect(await roomwire('show', 'acme:c-000000000000')).toMatchObject({ code: 3 });
    expect(await roomwire('ls', '--tenant', 'nobody')).toMatchObject({ code: 3 });
    expect(await roomwire('dismiss', NAME)).toMatchObject({ code: 2, err: expect.stringContaining('--reason') as string });
    expect(await roomwire('dismiss', `acme:${conflictIdOf('overlap', 'u-2', '2026-07-01')}`, '--reason', 'x')).toMatchObject({
      code: 5,
    });
    const over = `acme:${conflictIdOf('overlap', 'u-2', '2026-07-01')}`;
    for (const args of [
      ['choose', over, 'c1/1'],
      ['reread', over],
      ['reopen', NAME],
    ])
      expect(await roomwire(...args, '--reason', 'x')).toMatchObject({ code: 5 });
  });
});
