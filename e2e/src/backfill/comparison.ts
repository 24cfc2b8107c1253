import type { Witness } from '../siege/broker.ts';
import { CONNECTION, TENANT, type Stay } from './account.ts';

type Held = {
  type: string;
  data: { record: { entity: string; facets: Record<string, { content: Record<string, unknown> }> } };
};

const hour = (of: number | null): string | null => (of === null ? null : `${String(of).padStart(2, '0')}:00`);

/** Of what Roomwire has announced whatever is not as the provider has it, and what it lacks, as text: by the read API it would take minutes. */
export async function differences(witness: Witness, stays: readonly Stay[]): Promise<string[]> {
  const last = await witness.latest<Held>(TENANT, `reservation.${CONNECTION}.>`);
  const held = new Map(last.map((each) => [each.data.record.entity, each]));
  return stays.flatMap((stay) => {
    const found = held.get(stay.id);
    if (!found) return [`${stay.id} is not known`];
    const { core, times, guest } = found.data.record.facets;
    const is = [found.type === 'roomwire.reservation.gone', core?.content['status'], core?.content['property']];
    is.push(core?.content['arrival'], core?.content['departure']);
    is.push(times?.content['checkIn'], times?.content['checkOut'], guest?.content['name']);
    const should = [false, stay.status === 'cancelled' ? 'cancelled' : 'confirmed', stay.property];
    should.push(stay.arrivalDate, stay.departureDate, hour(stay.checkInTime)!, hour(stay.checkOutTime)!, stay.guestName);
    return is.join() === should.join() ? [] : [`${stay.id}: ${is.join()}, should be ${should.join()}`];
  });
}
