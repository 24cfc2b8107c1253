import { headersFor, settleTry, type Delivery } from '../deliveries.ts';
import { hostawayOf } from './own.ts';
import type { Faults } from '../faults.ts';
import { HOOKS, NOON, SpecWorld } from '../spec-world.ts';

type Wire = Record<string, unknown>;

function deliver(faults: Partial<Faults>, times = 1): { spec: SpecWorld; deliveries: Delivery[] } {
  const spec = new SpecWorld(HOOKS);
  Object.assign(spec.account.faults, faults);
  const deliveries = Array.from({ length: times }, () => spec.act({ act: 'resend' }).deliveries).flat();
  return { spec, deliveries };
}
const bodyOf = (faults: Partial<Faults>): unknown => JSON.parse(deliver(faults).deliveries[0]!.body);

describe('webhooks', () => {
  it('carry login and password as Basic auth, and no signature', () => {
    const { spec, deliveries } = deliver({});

    expect(headersFor(spec.account, deliveries[0]!, NOON)).toEqual({
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from('roomwire:open sesame').toString('base64')}`,
    });
  });

  it('go to every enabled webhook and to no other', () => {
    const spec = new SpecWorld(HOOKS);
    const add = (settings: object): number =>
      spec.get<{ id: number }>('/v1/webhooks/unifiedWebhooks', { method: 'POST', body: JSON.stringify(settings) }).result.id;
    const second = add({ isEnabled: 1, url: 'http://second.invalid/' });
    const third = add({ isEnabled: 0, url: 'http://third.invalid/' });
    const targets = (): string[] => spec.act({ act: 'resend' }).deliveries.map(({ url }) => new URL(url).hostname);

    expect(targets()).toEqual(['receiver.invalid', 'second.invalid']);
    spec.get(`/v1/webhooks/unifiedWebhooks/${third}`, { method: 'PUT', body: '{"isEnabled":1}' });
    spec.get(`/v1/webhooks/unifiedWebhooks/${second}`, { method: 'DELETE' });
    expect(targets()).toEqual(['receiver.invalid', 'third.invalid']);
  });

  it('come twice with duplicates, byte by byte', () => {
    const { deliveries } = deliver({ duplicates: 1 });

    expect(deliveries).toHaveLength(2);
    expect(deliveries[1]).toEqual({ ...deliveries[0]!, afterMs: expect.any(Number) as number });
    expect(deliveries[1]!.afterMs).toBeGreaterThan(deliveries[0]!.afterMs);
  });

  it('come out of order with disorderMs, the same for the same seed', () => {
    const delays = (): number[] => deliver({ disorderMs: 500, delayMs: 100 }, 20).deliveries.map(({ afterMs }) => afterMs);

    expect(delays()).toEqual(delays());
    expect(delays()).not.toEqual([...delays()].sort((a, b) => a - b));
    expect(Math.min(...delays())).toBeGreaterThanOrEqual(100);
    expect(Math.max(...delays())).toBeLessThan(600);
  });

  it('lack updatedOn with omitUpdatedOn and most else with shortenedBodies', () => {
    expect(bodyOf({ omitUpdatedOn: 1 })).toMatchObject({
      data: expect.not.objectContaining({ updatedOn: expect.anything() as string }) as Wire,
    });
    const { data } = bodyOf({ shortenedBodies: 1 }) as { data: Wire };
    expect(Object.keys(data)).toHaveLength(13);
    expect(data).not.toHaveProperty('updatedOn');
  });

  it('are a string in a string with doublyEncoded, and lie under payload with payloadNested', () => {
    expect(JSON.parse(bodyOf({ doublyEncoded: 1 }) as string)).toMatchObject({ event: 'reservation.updated', data: {} });
    expect(bodyOf({ payloadNested: 1 })).toEqual({
      ...{ object: 'reservation', event: 'reservation.updated', accountId: 10450 },
      payload: { data: expect.objectContaining({ listingMapId: expect.any(Number) as number }) as Wire },
    });
  });

  it('do not go at all with disableWebhooks, and are counted', () => {
    const { spec, deliveries } = deliver({ disableWebhooks: true }, 3);

    expect(deliveries).toEqual([]);
    expect(spec.account.tally.webhooks).toMatchObject({ deliveries: 0, suppressed: 3 });
    expect(spec.act({ act: 'unitStatus' }).deliveries).toHaveLength(1);
  });

  it('are counted by what became of them', () => {
    const { spec, deliveries } = deliver({}, 3);
    const settle = (index: number, tries: number, status: number): unknown =>
      settleTry(spec.world, spec.account, { ...deliveries[index]!, tries }, { status }, NOON);

    settle(0, 1, 200);
    settle(1, 1, 404);
    settle(2, 1, 503);

    expect(spec.account.tally.webhooks).toMatchObject({
      ...{ deliveries: 3, sent: 3, answered: { 200: 1, 404: 1, 503: 1 }, retried: 1, givenUp: 1, pending: 1 },
    });
  });

  it('are switched off when nothing has arrived for five days, and not before', () => {
    const { spec, deliveries } = deliver({});
    const fail = (day: number): unknown =>
      settleTry(spec.world, spec.account, { ...deliveries[0]!, tries: 4 }, { status: 500 }, NOON + day * 86_400_000);
    const enabled = (): boolean => hostawayOf(spec.account).webhooks[0]!.enabled;

    fail(0);
    fail(4.9);
    expect(enabled()).toBe(true);
    fail(5);
    expect(enabled()).toBe(false);
  });
});
