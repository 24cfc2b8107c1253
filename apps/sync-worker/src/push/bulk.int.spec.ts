import { HEADER, pushSubject, type PushOrder } from '@roomwire/events';
import { eventually, type SinkRequest } from '@roomwire/testkit';
import { StrictCounter } from '@roomwire/rate/testing';
import { randomUUID } from 'node:crypto';
import { isLab } from '../testing/environment.ts';
import { WorkerFleet } from '../testing/worker-fleet.ts';
import { nightAfter } from './core/nights.ts';

const NIGHTS = 365;
const FIRST = '2030-01-01';
type Bulk = { provider: PushOrder['provider']; units: number; calls: number; limit: number; windowMs: number };
/** Calls, and the limit that binds: of Beds24 credits, of which a call costs one here. */
const PROVIDERS: readonly Bulk[] = isLab
  ? [
      { provider: 'hostaway', units: 200, calls: 200, limit: 15, windowMs: 10_000 },
      { provider: 'beds24', units: 200, calls: 25, limit: 100, windowMs: 300_000 },
      { provider: 'smoobu', units: 200, calls: 200, limit: 1_000, windowMs: 60_000 },
    ]
  : [{ provider: 'smoobu', units: 8, calls: 8, limit: 1_000, windowMs: 60_000 }];
const WITHIN_MS = isLab ? 600_000 : 30_000;

const answer = ({ path, body }: SinkRequest) => {
  if (path.startsWith('/v1/')) return { status: 200, body: { status: 'success', result: [] } };
  const asked = JSON.parse(body.toString()) as unknown;
  const headers = { 'x-five-min-limit-remaining': '90', 'x-request-cost': '1' };
  return Array.isArray(asked)
    ? { status: 201, headers, body: asked.map(() => ({ success: true, modified: {} })) }
    : { status: 200, body: { success: true } };
};

let fleet: WorkerFleet;
beforeAll(async () => {
  fleet = await WorkerFleet.start(2, answer, { POLLING: 'off' });
});
afterAll(() => fleet[Symbol.asyncDispose]());

/** A price for each night of a unit, week-ends dearer, each night said by itself. */
function orderOf(connection: string, provider: PushOrder['provider'], unit: number): PushOrder {
  const nights = Array.from({ length: NIGHTS }, (_, day) => {
    const night = nightAfter(FIRST, day);
    const price = { amountMinor: [4, 5].includes(day % 7) ? 16_000 : 12_000, currency: 'EUR' };
    return { unitType: String(1_000 + unit), ratePlan: null, from: night, until: night, price, minimumStay: null };
  });
  return {
    ...{ order: `bulk-${randomUUID()}`, tenant: 't1', provider, connection, lane: 'ordinary' },
    ...{ at: new Date().toISOString(), by: 'spec', what: { kind: 'rate', nights } },
  };
}

describe('prices for a year of many units', () => {
  it.each(PROVIDERS)(
    '$provider: $units units take about $calls calls, and no window has more than its limit',
    async ({ provider, units, calls, limit, windowMs }) => {
      const connection = await fleet.connected({ provider, unsaid: { currency: 'EUR' } });
      const counter = new StrictCounter(windowMs);
      fleet.provider.otherwise = (request) => (counter.arrived(performance.now()), answer(request));
      const before = fleet.provider.requests.length;
      const since = performance.now();
      const orders = Array.from({ length: units }, (_, unit) => orderOf(connection, provider, unit));
      await Promise.all(
        orders.map((order) =>
          fleet.bus.publish(pushSubject(order), order, { id: `push:${order.order}`, headers: { [HEADER.receipt]: order.order } }),
        ),
      );
      const told = new Set<string>();
      await eventually(
        async () => {
          for (const { order } of orders) if (!told.has(order) && (await fleet.outcomesOf(order)).length > 0) told.add(order);
          expect(told.size).toBe(units);
        },
        { withinMs: WITHIN_MS, everyMs: 500 },
      );
      const made = fleet.provider.requests.length - before;
      const seconds = Math.round((performance.now() - since) / 100) / 10;
      process.stderr.write(
        `${provider}: ${units * NIGHTS} nights in ${made} calls and ${seconds} s, at most ${counter.peak} in a window\n`,
      );
      // Groups are what is in hand together: two workers may have made some smaller than they could be.
      expect(made).toBeLessThanOrEqual(2 * calls);
      expect(counter.peak).toBeLessThanOrEqual(limit);
    },
    WITHIN_MS + 60_000,
  );
});
