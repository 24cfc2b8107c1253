import {
  conflictChangeOf,
  conflictIdOf,
  filterOf,
  review as reviewSchema,
  reviewKey,
  sidesHash,
  subjectOf,
  tenant as tenantSchema,
  type ConflictSide,
  type ConflictState,
} from '@roomwire/events';
import {
  Bus,
  connectNats,
  ensureFleet,
  ensureTenant,
  KvTable,
  natsConf,
  passwordVariable,
  streamOf,
  USERS,
  type NatsConnection,
} from '@roomwire/jetstream';
import { natsServer, type NatsServer } from '@roomwire/testkit';
import { run } from './program.ts';
import { memoryTerminal } from './testing/memory-terminal.ts';

const passwordOf = (user: string) => `pass-${user}`;
const passwords = Object.fromEntries(USERS.map(({ user }) => [passwordVariable(user), passwordOf(user)]));
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

  beforeAll(async () => {
    nats = await natsServer({ config: natsConf(), env: passwords });
    const as = (user: string) => connectNats({ servers: nats.url, service: user, user, pass: passwordOf(user) });
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
    await tell(state('u-1', 'checking', OPEN.since), 1);
    await tell(OPEN, 2);
    await tell(state('u-2', 'resolved', '2026-05-01T00:00:00.000Z'), 1);
    await tell(state('u-3', 'open', '2026-05-02T00:00:00.000Z'), 1);
  });
  afterAll(async () => {
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

  async function roomwire(...args: string[]) {
    const terminal = memoryTerminal({ env: { NATS_URL: nats.url, NATS_PASSWORD: passwordOf('operator'), USER: 'ada' } });
    const code = await run(['review', ...args], terminal);
    return { code, ...terminal.written };
  }
  const listed = async (...args: string[]) => {
    const { out } = await roomwire('ls', '--json', ...args);
    return (JSON.parse(out) as { conflicts: ConflictState[] }).conflicts.map(({ unit, status }) => `${unit} ${status}`);
  };

  it('lists what waits for somebody, oldest first, and the rest when asked', async () => {
    expect(await listed()).toEqual(['u-3 open', 'u-1 open']);
    expect(await listed('--all')).toEqual(['u-2 resolved', 'u-3 open', 'u-1 open']);
    expect(await listed('--unit', 'u-1')).toEqual(['u-1 open']);
    expect((await roomwire('ls', '--tenant', 'other')).out).toBe('no open conflicts\n');
    const { out } = await roomwire('ls', '--tenant', 'acme');
    expect(out).toContain(NAME);
    expect(out).toContain('2026-07-01 to 2026-07-03');
  });

  it('shows the sides, and lets no guest move the cursor', async () => {
    const { code, out } = await roomwire('show', NAME);

    expect(code).toBe(0);
    expect(out).toMatch(/c1 +2 +confirmed, 2026-07-01 to 2026-07-04/);
    expect(out).not.toContain('\u001b');
  });

  it('dismisses under the name of whoever did, of exactly the sides that were shown, and takes it back', async () => {
    const reviews = await KvTable.open(nc, 'catalog', reviewSchema, { filter: '*.review.*.*' });
    const decided = () => reviews.fromLeader(reviewKey('acme', 'u-1', OPEN.id));

    expect((await roomwire('dismiss', NAME, '--reason', 'one party')).code).toBe(0);
    expect(await decided()).toMatchObject({ choice: 'dismissed', by: 'ada', reason: 'one party', sides: sidesHash(OPEN.sides) });
    expect((await roomwire('reopen', NAME, '--reason', 'no')).code).toBe(0);
    expect(await decided()).toBeUndefined();
    await reviews.close();

    const bus = new Bus(nc);
    const actions: unknown[] = [];
    for (let seq = 1; ;) {
      const entry = await bus.nextOn(streamOf('LOG', 'acme'), filterOf('acme', 'audit'), seq);
      if (!entry) break;
      actions.push((JSON.parse(new TextDecoder().decode(entry.data)) as { action: string }).action);
      seq = entry.seq + 1;
    }
    expect(actions).toEqual(['dismiss', 'reopen']);
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
    expect(await roomwire('reopen', NAME, '--reason', 'x')).toMatchObject({ code: 5 });
  });
});
