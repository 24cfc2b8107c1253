import { admin } from './admin.ts';
import { ledgerOf } from './ledger.ts';
import { HOOKS, SpecWorld, TODAY } from './spec-world.ts';
import { addDays } from './stamps.ts';
import { storyStep } from './story.ts';

type Account = {
  listings: { units: unknown }[];
  reservations: { id: number }[];
  messages: { conversationId: number }[];
  tasks: unknown[];
};
type Day = { date: string; isAvailable: number; price: number; minimumStay: number };
type Nights = {
  listing: string;
  units: string[];
  nights: { date: string; closed: boolean; price: number; minStay: number; taken: string[] }[];
};
const all = <T>(spec: SpecWorld, path: string): T[] =>
  spec.get<T[]>(`${path}${path.includes('?') ? '&' : '?'}limit=10000`).result;

describe('the ledger', () => {
  it('is what the API says, after any story', () => {
    const spec = new SpecWorld({ ...HOOKS, multiUnit: { listings: 2, units: 2 } });
    for (let step = 0; step < 300; step++) storyStep(spec.world, (spec.now += 700));

    const { accounts } = ledgerOf(spec.world, spec.now) as { accounts: Account[] };
    const { listings, reservations, messages, tasks } = accounts[0]!;

    const byId = (a: { id: number }, b: { id: number }): number => a.id - b.id;
    expect(all<{ id: number }>(spec, '/v1/reservations?includeResources=1').sort(byId)).toEqual(reservations.sort(byId));
    expect(all(spec, '/v1/listings')).toEqual(listings.map(({ units: _, ...listing }) => listing));
    expect(all(spec, '/v1/tasks')).toEqual(tasks);
    const conversation = messages[0]!.conversationId;
    expect(all(spec, `/v1/conversations/${conversation}/messages`)).toEqual(
      messages.filter((one) => one.conversationId === conversation),
    );
  });

  it('has the nights that the API tells, and which doors are taken', () => {
    const spec = new SpecWorld({ ...HOOKS, multiUnit: { listings: 2, units: 2 } });
    for (let step = 0; step < 300; step++) storyStep(spec.world, (spec.now += 700));
    const days = { from: TODAY, until: addDays(TODAY, 20) };
    const query = new URLSearchParams({ accountId: '10450', ...days });

    const { body } = admin(spec.world, { method: 'GET', path: '/__simulator/nights', query, body: {} }, spec.now);
    const { listings } = body as { listings: Nights[] };

    for (const { listing, units, nights } of listings) {
      const told = all<Day>(spec, `/v1/listings/${listing}/calendar?startDate=${days.from}&endDate=${days.until}`);
      const isFree = ({ closed, taken }: Nights['nights'][number]): boolean => !closed && taken.length < units.length;
      expect(nights.map((night) => [night.date, isFree(night) ? 1 : 0, night.price, night.minStay])).toEqual(
        told.map(({ date, isAvailable, price, minimumStay }) => [date, isAvailable, price, minimumStay]),
      );
    }
    expect(new Set(listings.flatMap(({ nights }) => nights.map(({ taken }) => taken.length > 0))).size).toBe(2);
  });

  it('names every violation of a limit, and none that was asked for', () => {
    const spec = new SpecWorld();
    for (let call = 0; call < 18; call++) spec.ask({ url: '/v1/listings', address: '10.0.0.1' });
    spec.account.faults.respond429 = 1;
    spec.login();

    expect(ledgerOf(spec.world, spec.now)).toMatchObject({
      violations: { total: 3, byAddress: { '10.0.0.1': { refused: 3, highest: 15 } }, byAccount: { 10450: { refused: 0 } } },
    });
  });
});
