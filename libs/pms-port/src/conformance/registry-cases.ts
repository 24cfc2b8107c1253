import type { RequestPlan } from '../adapter.ts';
import type { Registration } from '../webhooks.ts';
import { accountOf, type AdapterHarness } from './harness.ts';

export function registryCases(harness: AdapterHarness): void {
  const registry = harness.adapter.webhooks!;
  const account = accountOf(harness);
  const { wanted, former, none, some } = harness.registry!;
  const plans = registry.listRequests(account);
  const registered = (answers: readonly unknown[]) => answers.flatMap((body, index) => registry.listed(plans[index]!, body));
  const asked = (registrations: readonly Registration[]) => registry.ensureRequests(registrations, wanted, account);
  const isMine = ({ url }: Registration) => wanted.isOurs(url);

  it('asks for all of it', () => {
    expect(plans.length).toBeGreaterThan(0);
    expect(plans.length).toBe(none.length);
    expect(plans.length).toBe(some.length);
    for (const plan of plans) expectPlan(plan);
  });

  it('registers what is wanted where there is nothing', () => {
    expect(registered(none).filter(isMine)).toEqual([]);
    expect(asked(registered(none)).length).toBeGreaterThan(0);
    for (const plan of asked(registered(none))) expectPlan(plan);
  });

  it('asks for nothing where all is well', () => {
    const all = registered(some);
    expect([all.some(isMine), all.every(isMine)]).toEqual([true, false]);
    expect(asked(all)).toEqual([]);
    expect(asked(all.filter(isMine))).toEqual([]);
  });

  it('mends one that is disabled, missing or goes to a former address, and none that is somebody else’s', () => {
    const all = registered(some);
    const others = new Set(all.filter((each) => !isMine(each)).map(({ id }) => id));
    expect(wanted.isOurs(former) && former !== wanted.url).toBe(true);
    for (const mine of all.filter(isMine))
      for (const broken of [[{ ...mine, enabled: false }], [{ ...mine, url: former }], []]) {
        const plans = asked(all.flatMap((each) => (each === mine ? broken : [each])));
        expect(plans.length).toBeGreaterThan(0);
        for (const plan of plans) {
          expectPlan(plan);
          expect(plan.path.split(/[/?=&]/).filter((part) => others.has(decodeURIComponent(part)))).toEqual([]);
        }
      }
  });

  it('does not take an answer of another shape for an empty list', () => {
    for (const body of [null, 'x', {}, { status: 'success' }]) expect(() => registry.listed(plans[0]!, body)).toThrow();
  });
}

function expectPlan({ path, operation }: RequestPlan): void {
  expect(path).toMatch(/^\/[^/]/);
  expect(operation).toMatch(/^[a-z][a-z-]{0,63}$/);
}
