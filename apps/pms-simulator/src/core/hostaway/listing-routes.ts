import type { Answer } from '../request.ts';
import { visibleReservations, type Call, type Route } from '../route.ts';
import { addDays, isDate, todayIn } from '../stamps.ts';
import { listingOf, type Listing } from '../world.ts';
import { fail, isSet, paged, success } from './answer.ts';
import { wireCalendar } from './wire-calendar.ts';
import { wireListing, wireUnit } from './wire-listing.ts';
import { wireTask } from './wire-task.ts';

/** What is shown where no dates are asked for: NOT FOUND, chosen. */
const CALENDAR_DAYS = 30;

const withListing = (call: Call, answer: (listing: Listing) => Answer): Answer => {
  const listing = listingOf(call.account, call.ids[0] ?? 0);
  return listing ? answer(listing) : fail(404, `Listing ${call.ids[0]} not found`);
};

export const listingRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/listings',
    answer: ({ account, request }) =>
      paged(
        account.listings.map((listing) => wireListing(account, listing)),
        request.query,
      ),
  },
  {
    method: 'GET',
    path: '/v1/listings/:id',
    answer: (call) => withListing(call, (listing) => success(wireListing(call.account, listing))),
  },
  {
    method: 'GET',
    path: '/v1/listingUnits/:id',
    answer: (call) => withListing(call, ({ units }) => success(units.map(wireUnit))),
  },
  {
    method: 'GET',
    path: '/v1/listings/:id/calendar',
    answer: (call) => withListing(call, (listing) => calendar(call, listing)),
  },
  {
    method: 'GET',
    path: '/v1/tasks',
    answer(call) {
      const { account, request } = call;
      const stays = new Map(visibleReservations(call).map((one) => [one.id, one]));
      const wanted = (name: string, value: string): boolean => (request.query.get(name) ?? value) === value;
      const tasks = [...account.cleanings.values()].flatMap((task) => {
        const stay = stays.get(task.reservationId);
        return stay && wanted('status', task.status) && wanted('reservationId', String(stay.id)) ? [{ task, stay }] : [];
      });
      return paged(tasks, request.query, ({ task, stay }) => wireTask(account, task, stay));
    },
  },
];

function calendar(call: Call, listing: Listing): Answer {
  const { account, request, now } = call;
  const from = request.query.get('startDate') ?? todayIn(account.config.timeZone, now);
  const until = request.query.get('endDate') ?? (isDate(from) ? addDays(from, CALENDAR_DAYS - 1) : '');
  if (!isDate(from) || !isDate(until)) return fail(400, 'startDate and endDate must be dates: YYYY-MM-DD');
  const stays = visibleReservations(call).filter(({ listingId }) => listingId === listing.id);
  return success(wireCalendar(account, listing, stays, { from, until }, { resources: isSet(request.query, 'includeResources') }));
}
