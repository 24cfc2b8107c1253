import { admin } from './admin.ts';
import type { Asked } from './asked.ts';
import { SpecWorld, TODAY } from './spec-world.ts';
import { addDays } from './stamps.ts';
import { standing } from './world.ts';

const look = <T>(spec: SpecWorld, path: string, query: Record<string, string>): T =>
  admin(spec.world, { method: 'GET', path, query: new URLSearchParams(query), body: {} }, spec.now).body as T;
const accountId = '10450';

describe('an account of many stays', () => {
  it('has its places let as far ahead as is asked for, and no cleanings planned so far', () => {
    const [spec, usual] = [new SpecWorld({ calendar: { daysBack: 5, daysAhead: 330 } }), new SpecWorld()];
    const arrivals = standing(spec.account).map(({ arrivalDate }) => arrivalDate);

    expect(arrivals.every((date) => date >= addDays(TODAY, -5) && date < addDays(TODAY, 330))).toBe(true);
    expect(arrivals.length).toBeGreaterThan(4 * standing(usual.account).length);
    const planned = [...spec.account.cleanings.values()].map(
      ({ reservationId }) => spec.account.reservations.get(reservationId)!.current!.arrivalDate,
    );
    expect(Math.max(...planned.map(Date.parse))).toBeLessThan(Date.parse(addDays(TODAY, 60)));
    expect(spec.get('/v1/tasks').count).toBe(planned.length);
  });

  it('shows its truth alone', () => {
    const spec = new SpecWorld();
    const { reservations } = look<{ reservations: { id: string }[] }>(spec, '/__simulator/truth', { accountId });

    expect(reservations.map(({ id }) => Number(id))).toEqual(standing(spec.account).map(({ id }) => id));
  });

  it('knows the calls that it was asked, each with its query, from an instant on', () => {
    const spec = new SpecWorld();
    spec.get('/v1/reservations?limit=2');
    spec.now += 5;
    spec.get('/v1/reservations?limit=2&afterId=7');
    const calls = (since: number) =>
      look<{ calls: Asked[] }>(spec, '/__simulator/calls', { accountId, since: String(since) }).calls;

    expect(calls(0).map(({ method, query }) => `${method} ${query}`)).toEqual(['POST ', 'GET limit=2', 'GET limit=2&afterId=7']);
    expect(calls(spec.now)).toMatchObject([{ path: '/v1/reservations', query: 'limit=2&afterId=7', status: 200 }]);
  });
});
