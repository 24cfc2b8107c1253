import type { Kind } from '@roomwire/events';
import { decode, contextOf, type AdapterHarness } from './harness.ts';

export function capabilityCases(harness: AdapterHarness): void {
  const { adapter, fixtures } = harness;
  const toldBy = (via: 'push' | 'read') => {
    const chosen = fixtures.filter((fixture) => fixture.via === via);
    const tellings = chosen.flatMap((fixture) => decode(harness, fixture.body, contextOf(harness, fixture)).tellings);
    const withContent = tellings.filter((telling) => Object.keys(telling.facets).some((name) => name !== 'existence'));
    return new Set<Kind>(withContent.map((telling) => telling.kind));
  };

  it('shows a body for every kind that it claims to tell, and tells no other by a push', () => {
    expect([...toldBy('push')].sort()).toEqual([...adapter.capabilities.pushes].sort());
  });

  it('shows an answer for every kind that it claims to read', () => {
    const read = toldBy('read');

    expect(adapter.capabilities.reads.filter((kind) => !read.has(kind))).toEqual([]);
  });

  it('has the methods that its claims need, and no more', () => {
    expect(adapter.readRequest !== undefined).toBe(adapter.capabilities.reads.length > 0);
    expect(adapter.token?.kind ?? 'none').toBe(adapter.capabilities.token);
    expect(harness.webhook !== undefined).toBe(adapter.capabilities.webhooks);
    expect(harness.pushes !== undefined).toBe(adapter.push !== undefined);
    expect(harness.registry !== undefined).toBe(adapter.webhooks !== undefined);
    expect(harness.usages !== undefined).toBe(adapter.readUsage !== undefined);
    expect(harness.token !== undefined).toBe(adapter.capabilities.token !== 'none');
    expect(harness.probe !== undefined).toBe(adapter.probe !== undefined);
    if (adapter.probe) expect(adapter.token).toBeDefined();
  });

  it('has limits that can be kept', () => {
    for (const { limit, windowMs } of adapter.limits) expect([limit > 0, windowMs > 0]).toEqual([true, true]);
    if (adapter.capabilities.reads.length > 0) expect(adapter.limits.length).toBeGreaterThan(0);
    expect(Number.isSafeInteger(adapter.mapping) && adapter.mapping > 0).toBe(true);
  });
}
