import fc from 'fast-check';
import { CreditWindow, WINDOW_MS } from './credits.ts';
import { Beds24Spec } from './spec-beds24.ts';

const step = fc.record({
  wait: fc.oneof(
    { weight: 9, arbitrary: fc.nat(5_000) },
    { weight: 1, arbitrary: fc.integer({ min: WINDOW_MS - 2, max: WINDOW_MS + 2 }) },
  ),
  cost: fc.constantFrom(1, 1.1, 1.5, 1.6),
});

describe('credits', () => {
  it('hold in each window of five minutes, which the first call begins, and never more than the limit', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 100, maxLength: 300 }), (steps) => {
        const window = new CreditWindow(100);
        let [now, since, used, refused] = [0, -Infinity, 0, 0];
        for (const { wait, cost } of steps) {
          now += wait;
          if (now >= since + WINDOW_MS) [since, used] = [now, 0];
          // In whole tenths, as money is counted in cents.
          const fits = Math.round(used * 10) + Math.round(cost * 10) <= 1_000;
          expect(window.hasRoom(now, cost)).toBe(fits);
          if (fits) window.take(now, cost);
          if (fits) used += cost;
          else refused += 1;
          expect(window.remaining(now)).toBeCloseTo(100 - used, 6);
        }
        expect(window.highest).toBeLessThanOrEqual(100);
        expect(refused).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('are told in headers: what is left, when it begins anew, what this call cost', () => {
    const spec = new Beds24Spec({ credits: 100 });
    spec.read('properties');

    // One for the token, one for the properties.
    expect(spec.call('bookings?includeInvoiceItems=true').headers).toEqual({
      'x-five-min-limit-remaining': '96.4',
      'x-five-min-limit-resets-in': '300',
      'x-request-cost': '1.6',
    });
    spec.now += 100_000;
    expect(spec.post('bookings', []).headers).toMatchObject({
      'x-five-min-limit-remaining': '95.3',
      'x-five-min-limit-resets-in': '200',
    });
  });

  it('are not spent by what is answered 400', () => {
    const spec = new Beds24Spec({ credits: 100 });
    spec.read('properties');

    const refused = spec.post('bookings', {});

    expect(refused.status).toBe(400);
    expect(refused.headers).not.toHaveProperty('x-request-cost');
    expect(refused.headers).toMatchObject({ 'x-five-min-limit-remaining': '98' });
  });

  it('come to an end: 429 until the window begins anew, counted as violations', () => {
    const spec = new Beds24Spec({ credits: 10 });
    const statuses = Array.from({ length: 8 }, () => spec.call('bookings').status);

    expect(statuses).toEqual([...Array<number>(6).fill(200), 429, 429]);
    expect(spec.account.meter).toMatchObject({ refused: 2, highest: 10, limit: 10 });
    spec.now += WINDOW_MS;
    expect(spec.call('bookings').status).toBe(200);
  });

  it('are named as the specification has them where told so', () => {
    const spec = new Beds24Spec({ credits: 100, readings: { creditHeaders: 'spec' } });

    expect(spec.call('properties').headers).toEqual({
      'x-fivemincreditlimit': '100',
      'x-fivemincreditlimit-remaining': '98',
      'x-fivemincreditlimit-resetsin': '300',
      'x-requestcost': '1',
    });
  });
});
