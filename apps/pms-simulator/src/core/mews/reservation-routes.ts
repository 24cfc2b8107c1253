import { z } from 'zod';
import { visibleReservations, type Call, type Route } from '../route.ts';
import type { Reservation } from '../reservation.ts';
import { listingOf, type Account } from '../world.ts';
import { invalid } from './answer.ts';
import { idList, interval, isAmong, isWithin, limitation, openInterval } from './fields.ts';
import { enterpriseId, guid, resourceId } from './ids.ts';
import { listed, operation, type Item } from './operation.ts';
import { serviceOf, stateOfStay, stayOf, wireCustomer, wireReservation } from './wire-reservation.ts';

const MONTHS = 3;
const STATES = ['Inquired', 'Confirmed', 'Started', 'Processed', 'Canceled', 'Optional', 'Requested'] as const;

const filters = z.object({
  ...{ EnterpriseIds: idList().nullish(), ReservationIds: idList().nullish(), ServiceIds: idList().nullish() },
  ...{ ReservationGroupIds: idList().nullish(), AccountIds: idList().nullish(), Numbers: idList().nullish() },
  ...{ ChannelNumbers: idList(100).nullish(), AssignedResourceIds: idList().nullish() },
  ...{ CreatedUtc: interval(MONTHS).nullish(), UpdatedUtc: interval(MONTHS).nullish(), CollidingUtc: interval(MONTHS).nullish() },
  ...{ ScheduledStartUtc: interval(MONTHS).nullish(), ScheduledEndUtc: interval(MONTHS).nullish() },
  ...{ ActualStartUtc: interval(MONTHS).nullish(), ActualEndUtc: interval(MONTHS).nullish() },
  ...{ States: z.array(z.enum(STATES)).nullish(), Limitation: limitation },
});
type Filters = z.output<typeof filters>;

const customerFilters = z.object({
  ...{ CustomerIds: idList().nullish(), CreatedUtc: openInterval.nullish(), UpdatedUtc: interval(MONTHS).nullish() },
  Limitation: limitation,
});

export const reservationRoutes: readonly Route[] = [
  operation('reservations/getAll/2023-06-06', filters, (call, asked) => {
    if (asked.ScheduledStartUtc && asked.ActualStartUtc) return invalid('ScheduledStartUtc');
    if (asked.ScheduledEndUtc && asked.ActualEndUtc) return invalid('ScheduledEndUtc');
    const stays = new Map(visibleReservations(call).map((one) => [guid(call.account, 'reservation', one.id), one]));
    const all = [...stays.values()].map((one): Item =>
      item(guid(call.account, 'reservation', one.id), one, () => wireReservation(call.account, one)),
    );
    return listed(call, 'Reservations', {
      ...{ all, page: asked.Limitation },
      wanted: ({ Id }) => matches(call, stays.get(Id)!, asked),
    });
  }),

  operation('customers/getAll', customerFilters, (call, asked) => {
    const all = visibleReservations(call).map((one): Item =>
      item(guid(call.account, 'customer', one.id), one, () => wireCustomer(call.account, one)),
    );
    const { CustomerIds, CreatedUtc, UpdatedUtc, Limitation: page } = asked;
    const wanted = ({ Id, at }: Item): boolean =>
      isAmong(Id, CustomerIds) && isWithin(at, CreatedUtc) && isWithin(at, UpdatedUtc);
    return listed(call, 'Customers', { all, page, wanted });
  }),
];

const item = (Id: string, { insertedAt: at }: Reservation, wire: () => object): Item => ({ Id, at, wire });

function matches({ account }: Call, one: Reservation, asked: Filters): boolean {
  return [
    isAmong(guid(account, 'reservation', one.id), asked.ReservationIds),
    isAmong(guid(account, 'group', one.id), asked.ReservationGroupIds),
    isAmong(guid(account, 'customer', one.id), asked.AccountIds),
    isAmong(String(one.id % 1_000_000), asked.Numbers),
    asked.ChannelNumbers?.includes(one.channelReservationId) ?? true,
    isAmong(resourceId(account, one.listingId, one.unitId), asked.AssignedResourceIds),
    !asked.EnterpriseIds || isAmong(enterpriseId(account, listingOf(account, one.listingId)!), asked.EnterpriseIds),
    !asked.ServiceIds || isAmong(serviceOf(account, one), asked.ServiceIds),
    ...[isWithin(one.insertedAt, asked.CreatedUtc), isWithin(one.updatedAt, asked.UpdatedUtc)],
    ...[isWithin(one.checkedInAt, asked.ActualStartUtc), isWithin(one.checkedOutAt, asked.ActualEndUtc)],
    !asked.States || asked.States.some((state) => state === stateOfStay(one)),
    staysWithin(account, one, asked),
  ].every(Boolean);
}

function staysWithin(account: Account, one: Reservation, asked: Filters): boolean {
  const { CollidingUtc: colliding, ScheduledStartUtc, ScheduledEndUtc } = asked;
  if (!colliding && !ScheduledStartUtc && !ScheduledEndUtc) return true;
  const { start, end } = stayOf(account, one);
  const collides = !colliding || (start < colliding.EndUtc && end > colliding.StartUtc);
  return collides && isWithin(start, ScheduledStartUtc) && isWithin(end, ScheduledEndUtc);
}
