import { eventually, spreadOf } from '@roomwire/testkit';
import { read } from './board.ts';
import { fleet, type Fleet } from './fleet.ts';
import { dayFromNow, type Tenant } from './hostaway-webhook.ts';
import { roomwire } from './outcomes.ts';
import { ACCOUNTS, connectionOf, openAccounts } from './providers/accounts.ts';
import { ledgerOf } from './providers/ledger.ts';
import { simulate } from './simulator.ts';

type Side = 'hostaway' | 'beds24';
type Act = { sequence: number; at: string; act: string; by: string; id: number };
type Conflict = { kind: string; status: string; sides: { connection: string; reservation: string }[] };
type Door = { unit: string; ids: { connection: string; id: string }[] };

/** Bookings at either side, each of nights of its own. */
const ROUNDS = 8;
const SOON = { withinMs: 30_000 };
const otherOf = (side: Side): Side => (side === 'hostaway' ? 'beds24' : 'hostaway');

describe('one door that two PMSs sell', () => {
  let started!: Fleet;
  let tenant!: Tenant;
  let listings!: Record<Side, string>;
  const times: number[] = [];

  beforeAll(async () => {
    started = await fleet({ POLL_DAYS_AFTER: '30' });
    const houses = { listings: 1, multiUnit: { listings: 0, units: 2 } };
    tenant = await openAccounts(started.ready, houses, ['hostaway', 'beds24']);
    const listingAt = async (side: Side) => (await ledgerOf(started.ready, ACCOUNTS[side].id)).truth.units[0]!;
    const [hostaway, beds24] = await Promise.all([listingAt('hostaway'), listingAt('beds24')]);
    listings = { hostaway: hostaway.listing, beds24: beds24.listing };
    // Met by the backfills of both.
    const [one, other] = await eventually(
      async () => {
        const { units } = await roomwire<{ units: Door[] }>(started.ready, 'unit', 'ls', '--tenant', tenant.tenant);
        const unitAt = (side: Side, id: string) =>
          units.find(({ ids }) => ids.some((each) => each.connection === connectionOf(side) && each.id === id))!.unit;
        return [unitAt('hostaway', hostaway.id), unitAt('beds24', beds24.id)] as const;
      },
      { withinMs: 60_000, everyMs: 2_000 },
    );
    await roomwire(started.ready, 'unit', 'link', one, other, '--reason', 'one door');
    // Each side had stays already, which now close the other: that is over when nothing more is set.
    let last = -1;
    await eventually(
      async () => {
        const set = (await Promise.all([setAt('hostaway'), setAt('beds24')])).flat().length;
        const before = last;
        last = set;
        expect(set).toBe(before);
        expect(set).toBeGreaterThan(0);
      },
      { withinMs: 60_000, everyMs: 4_000 },
    );
  }, 240_000);
  afterAll(async () => {
    await started?.[Symbol.asyncDispose]();
  }, 60_000);

  const book = async (side: Side, day: number): Promise<Act> => {
    const nights = { arrivalDate: dayFromNow(day), departureDate: dayFromNow(day + 2), overlap: true, status: 'new' };
    const [accountId, listing] = [ACCOUNTS[side].id, Number(listings[side])];
    return (await simulate(started.ready, 'act', { act: 'book', accountId, listing, ...nights })) as unknown as Act;
  };
  const actsAt = async (side: Side): Promise<Act[]> => {
    const answer = await fetch(`${started.ready.simulator}/__simulator/ledger?accountId=${ACCOUNTS[side].id}`);
    return ((await answer.json()) as { acts: Act[] }).acts;
  };
  /** What Roomwire has set at a side since. */
  const setAt = async (side: Side, { sequence }: Pick<Act, 'sequence'> = { sequence: 0 }): Promise<Act[]> =>
    (await actsAt(side)).filter((act) => act.act === 'rates' && act.by === 'api' && act.sequence > sequence);

  it('is closed at the other within moments of a booking, whichever of them it comes from', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const side = round % 2 === 0 ? 'hostaway' : 'beds24';
      const booked = await book(side, 40 + 4 * round);
      const closed = await eventually(
        async () => (await setAt(otherOf(side), booked))[0] ?? Promise.reject(new Error('not closed yet')),
        { ...SOON, everyMs: 100 },
      );
      times.push(Date.parse(closed.at) - Date.parse(booked.at));
      // What it was told comes back to Roomwire, and is told to nobody.
      expect(await setAt(side, booked)).toEqual([]);
    }
    const { p50, max } = spreadOf(Float64Array.from(times));
    process.stderr.write(`a booking closed the linked unit at the other PMS: p50 ${p50} ms, worst ${max} ms of ${ROUNDS}\n`);
  }, 240_000);

  it('is shown as a conflict where both were booked at once, and opened again for whom the other gives way', async () => {
    const [first, second] = await Promise.all([book('hostaway', 90), book('beds24', 90)]);
    const overlapping = async (status: string): Promise<Conflict[]> =>
      (await read<{ items: Conflict[] }>(started.ready, tenant, `/v1/conflicts?kind=overlap&status=${status}`)).items.filter(
        ({ sides }) => [first, second].every(({ id }) => sides.some(({ reservation }) => reservation === String(id))),
      );
    await eventually(async () => expect(await overlapping('open')).toHaveLength(1), { withinMs: 90_000 });
    const cancel = { act: 'cancel', accountId: ACCOUNTS.beds24.id, reservation: second.id };
    const cancelled = (await simulate(started.ready, 'act', cancel)) as unknown as Act;
    await eventually(async () => expect(await overlapping('resolved')).toHaveLength(1), { withinMs: 60_000 });
    await eventually(async () => expect(await setAt('hostaway', cancelled)).toHaveLength(1), SOON);
    expect(await setAt('beds24', cancelled)).toEqual([]);
  }, 240_000);
});
