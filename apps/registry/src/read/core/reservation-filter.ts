import { contentOf, type EntityRecord, type Place, type ReservationCore, type ReservationStatus } from '@roomwire/events';

export type ReservationFilter = {
  property?: string | undefined;
  unit?: string | undefined;
  status?: ReservationStatus[] | undefined;
  /** Local dates of the property. */
  from?: string | undefined;
  to?: string | undefined;
};

/**
 * Whether a filter lets a reservation through. A stay touches the days from its arrival to its departure, both included. What nobody
 * has told (a status, dates) is not known to fit, so a filter on it keeps the reservation out.
 */
export function fits({ property, unit, status, from, to }: ReservationFilter, record: EntityRecord, place: Place): boolean {
  if (property !== undefined && place.property !== property) return false;
  if (unit !== undefined && !place.units.includes(unit)) return false;
  if (status === undefined && from === undefined && to === undefined) return true;
  const core = contentOf<ReservationCore>(record, 'core');
  if (!core || (status && !status.includes(core.status))) return false;
  return (from === undefined || core.departure >= from) && (to === undefined || core.arrival <= to);
}
