import { admin } from './admin.ts';
import { NOON, SpecWorld } from './spec-world.ts';
import { standing } from './world.ts';

describe('an account that is restored from a backup', () => {
  it('is what it was then, with the stamps it had, and tells nobody', () => {
    const spec = new SpecWorld();
    const booked = (guestName: string) => Number(spec.act({ act: 'book', guestName, status: 'new', overlap: true }).record.id);
    const [changed, removed] = [booked('Ada Lovelace'), booked('Grace Hopper')];
    const then = new Map(standing(spec.account).map((one) => [one.id, one]));
    spec.now += 60_000;
    spec.act({ act: 'lateCheckout', reservation: changed, hour: 17 });
    spec.act({ act: 'remove', reservation: removed });
    const later = booked('Mary Shelley');
    spec.now += 60_000;

    const body = { restoreTo: new Date(NOON + 1_000).toISOString() };
    const request = { method: 'POST', path: '/__simulator/faults', query: new URLSearchParams(), body };
    expect(admin(spec.world, request, spec.now)).toMatchObject({ status: 200, deliveries: [] });

    expect(new Map(standing(spec.account).map((one) => [one.id, one]))).toEqual(then);
    expect(spec.account.reservations.get(later)!.current).toBeNull();
  });
});
