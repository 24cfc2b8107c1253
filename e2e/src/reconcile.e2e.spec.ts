import { connect, type NatsConnection } from '@nats-io/transport-node';
import { eventually } from '@roomwire/testkit';
import { read } from './board.ts';
import { fleet, type Fleet } from './fleet.ts';
import { dayFromNow, type Tenant } from './hostaway-webhook.ts';
import { ACCOUNTS, connectionOf, openAccounts } from './providers/accounts.ts';
import { ledgerOf } from './providers/ledger.ts';
import { isLab } from './siege/settings.ts';
import { book, simulate } from './simulator.ts';

const ACCOUNT = ACCOUNTS.hostaway.id;
const connection = connectionOf('hostaway');
/** Its calls are for the lists: few months of calendars are read. */
const DAYS_AFTER = 20;
type Counts = Record<'missing' | 'changed' | 'older' | 'unlisted', number>;
/** As it stands in KV. */
type Standing = {
  calls: number;
  pass: { found: Counts } | null;
  open: { entity: string; why: string }[];
  last: { startedAt: number; endedAt: number; found: Counts; calls: number; pages: number; items: number } | null;
};
type Held = {
  record: { facets: Record<string, { content: Record<string, unknown>; version: { epoch: number } }> };
  gone: boolean;
};

/** No webhook tells, and no poll comes: a pass as often as the calls allow, of half of the provider's limit. */
const ENVIRONMENT = {
  ...{
    POLL_LEAST_SECONDS: '3600',
    POLL_MOST_SECONDS: '7200',
    POLL_DAYS_AFTER: String(DAYS_AFTER),
    ROOMWIRE_EPOCH_CONFIRM_MS: '0',
  },
  ...{ RECONCILE_SHARE: '0.5', RECONCILE_FOUND_MINUTES: '0.1', RECONCILE_REPAIRED_MINUTES: '2' },
};

/** A pass takes its time within a provider's limit; in `npm test` `sync-worker/src/reconcile` has one on real servers without it. */
(isLab ? describe : describe.skip)('what no webhook and no poll told', () => {
  let started!: Fleet;
  let tenant!: Tenant;
  let nats!: NatsConnection;

  beforeAll(async () => {
    started = await fleet(ENVIRONMENT);
    tenant = await openAccounts(started.ready, { listings: 3, multiUnit: { listings: 1, units: 2 } }, ['hostaway']);
    const { username, password, host } = new URL(started.ready.nats);
    nats = await connect({ servers: host, user: username, pass: password, inboxPrefix: `_INBOX.${username}` });
  }, 120_000);
  afterAll(async () => {
    await nats?.close();
    await started?.[Symbol.asyncDispose]();
  }, 60_000);

  const booked = async (guestName: string, more: object = {}): Promise<string> => {
    const dates = { arrivalDate: dayFromNow(3), departureDate: dayFromNow(6) };
    return String((await book(started.ready, ACCOUNT, { guestName, ...dates, ...more })).id);
  };
  const change = async (act: string, id: string, more: object = {}): Promise<void> => {
    const done = await simulate(started.ready, 'act', { act, accountId: ACCOUNT, reservation: Number(id), ...more });
    expect(done).toMatchObject({ act });
  };
  const held = (id: string) => read<Held>(started.ready, tenant, `/v1/records/reservation/${connection}/${id}`);
  const standing = async (): Promise<Standing> => {
    const subject = { last_by_subj: `$KV.sync.reconcile.${connection}` };
    const answer = await nats.request('$JS.API.STREAM.MSG.GET.KV_sync', JSON.stringify(subject));
    const { message } = answer.json<{ message?: { data: string } }>();
    if (!message) throw new Error('nothing was compared yet');
    return JSON.parse(Buffer.from(message.data, 'base64').toString()) as Standing;
  };
  const calls = async (): Promise<number> => (await ledgerOf(started.ready, ACCOUNT)).calls.total;

  /** What differs between the provider's own account and what Roomwire holds of it. */
  async function differences(known: readonly string[]): Promise<string[]> {
    const { truth } = await ledgerOf(started.ready, ACCOUNT);
    const around = truth.reservations.filter(
      ({ arrivalDate, departureDate }) => departureDate > dayFromNow(0) && arrivalDate < dayFromNow(DAYS_AFTER - 2),
    );
    const stays = new Map(around.map((stay) => [stay.id, stay]));
    const of = await Promise.all(
      [...new Set([...stays.keys(), ...known])].map(async (id) => {
        const stay = stays.get(id);
        const { record, gone } = await held(id);
        if (!stay || gone) return stay || !gone ? [`${id}: ${gone ? 'gone' : 'there'}`] : [];
        const { core, guest, times } = record.facets;
        const { arrivalDate, departureDate, guestName, checkOutTime } = stay;
        const said = [arrivalDate, departureDate, guestName, checkOutTime === null ? null : `${checkOutTime}:00`];
        const ours = [core!.content['arrival'], core!.content['departure'], guest!.content['name'], times!.content['checkOut']];
        return said.join() === ours.join() ? [] : [`${id}: ${ours.join()}, should be ${said.join()}`];
      }),
    );
    return of.flat();
  }

  it('is found and repaired: a deletion, a change, a stay that is new, and an account restored from a backup', async () => {
    const restored = await Promise.all(
      ['Ada Lovelace', 'Grace Hopper', 'Mary Shelley', 'Jane Austen'].map((name) => booked(name)),
    );
    const [deleted, changed] = [await booked('Emmy Noether'), await booked('Lise Meitner')];
    const known = [...restored, deleted, changed];
    await eventually(() => Promise.all(known.map(held)), { withinMs: 30_000 });
    await eventually(async () => expect((await standing()).last).not.toBeNull(), { withinMs: 60_000, everyMs: 200 });
    const backup = new Date().toISOString();
    for (const id of restored) await change('lateCheckout', id, { hour: 17 });
    await eventually(
      async () => {
        for (const id of restored) expect((await held(id)).record.facets['times']!.content['checkOut']).toBe('17:00');
      },
      { withinMs: 30_000 },
    );

    await simulate(started.ready, 'faults', { accountId: ACCOUNT, restoreTo: backup });
    await change('remove', deleted, { silent: true });
    await change('lateCheckout', changed, { silent: true, hour: 16 });
    const missed = await booked('Rosalind Franklin', { silent: true });
    const [at, spentBefore] = [performance.now(), await calls()];
    expect(await differences(known).catch(String)).not.toEqual([]);

    const found = new Map<string, number>();
    const seconds = () => (performance.now() - at) / 1_000;
    await eventually(
      async () => {
        for (const { entity } of (await standing()).open) if (!found.has(entity)) found.set(entity, seconds());
        for (const id of [deleted, changed, missed]) expect([...found.keys()]).toContain(id);
        expect(restored.filter((id) => found.has(id)).length).toBeGreaterThan(0);
      },
      { withinMs: 90_000, everyMs: 100 },
    );
    await eventually(async () => expect(await differences([...known, missed])).toEqual([]), { withinMs: 120_000, everyMs: 500 });
    const repairedAfter = seconds();
    await eventually(async () => expect((await standing()).open).toEqual([]), { withinMs: 60_000, everyMs: 200 });

    expect((await held(restored[0]!)).record.facets['times']!.version.epoch).toBe(1);
    const spent = (await calls()) - spentBefore;
    const line = [...found].map(([id, after]) => `${id} after ${after.toFixed(1)} s`).join(', ');
    process.stderr.write(`found: ${line}; all repaired after ${repairedAfter.toFixed(1)} s, with ${spent} calls\n`);
  }, 300_000);
});
