import { ledgerOf } from './ledger.ts';
import { HOOKS, SpecWorld } from './spec-world.ts';
import { storyStep } from './story.ts';

type Account = {
  listings: { units: unknown }[];
  reservations: { id: number }[];
  messages: { conversationId: number }[];
  tasks: unknown[];
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
