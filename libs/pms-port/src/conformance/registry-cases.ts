import type { Registration } from '../webhooks.ts';
import type { AdapterHarness } from './harness.ts';

export function registryCases(harness: AdapterHarness): void {
  const registry = harness.adapter.webhooks!;
  const account = { account: harness.account };
  const { wanted, none, some } = harness.registry!;
  const plans = registry.listRequests(account);
  const registered = (answers: readonly unknown[]) => answers.flatMap((body, index) => registry.listed(plans[index]!, body));
  const asked = (registrations: readonly Registration[]) => registry.ensureRequests(registrations, wanted, account);

  it('asks for all of it', () => {
    expect(plans.length).toBeGreaterThan(0);
    expect(plans.length).toBe(none.length);
    expect(plans.length).toBe(some.length);
  });

  it('registers what is wanted where there is nothing', () => {
    expect(registered(none).filter(({ url }) => wanted.isOurs(url))).toEqual([]);
    expect(asked(registered(none)).length).toBeGreaterThan(0);
  });

  it('asks for nothing where all is well, and never for what is somebody else’s', () => {
    const all = registered(some);
    expect(all.some(({ url }) => !wanted.isOurs(url))).toBe(true);
    expect(asked(all)).toEqual([]);
    expect(asked(all.filter(({ url }) => wanted.isOurs(url)))).toEqual([]);
  });

  it('mends one that the provider has disabled, and one that is missing', () => {
    const all = registered(some);
    for (const mine of all.filter(({ url }) => wanted.isOurs(url))) {
      expect(asked(all.map((each) => (each === mine ? { ...each, enabled: false } : each))).length).toBeGreaterThan(0);
      expect(asked(all.filter((each) => each !== mine)).length).toBeGreaterThan(0);
    }
  });

  it('does not take an answer of another shape for an empty list', () => {
    for (const body of [null, 'x', {}, { status: 'success' }]) expect(() => registry.listed(plans[0]!, body)).toThrow();
  });
}
