import { z } from 'zod';
import type { Done } from '../act-scene.ts';
import { priceOf } from '../new-reservation.ts';
import { pushedAs } from '../push.ts';
import { rateOf, setRates } from '../rates.ts';
import { blocks, isFree } from '../reservation.ts';
import { jsonOf } from '../request.ts';
import type { Call, Route } from '../route.ts';
import { addDays, daysBetween, isDate, todayIn } from '../stamps.ts';
import { standing, type Account } from '../world.ts';
import { invalid, notFound } from './door.ts';
import { ok } from './reservation-routes.ts';
import { apartmentsOf } from './wire-reservation.ts';

const DAYS_MAX = 730;
const date = z.string().refine(isDate);
const operations = z.object({
  apartments: z.array(z.coerce.number().int()).min(1),
  operations: z
    .array(
      z.object({
        /** Days, or spans "2027-01-01:2027-01-07". */
        dates: z.array(z.string().refine((text) => text.split(':').every(isDate))).min(1),
        ...{ daily_price: z.number().min(0).nullish(), min_length_of_stay: z.number().int().min(1).nullish() },
        available: z.union([z.literal(0), z.literal(1), z.boolean()]).nullish(),
      }),
    )
    .min(1),
});
const availabilityAsked = z.object({
  ...{ arrivalDate: date, departureDate: date, apartments: z.array(z.number().int()).default([]), guests: z.number().nullish() },
  customerId: z.number().int(),
});

export const rateRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/apartments',
    answer: ({ account }) => ok({ apartments: apartmentsOf(account).map(({ id, name }) => ({ id, name })) }),
  },
  {
    method: 'GET',
    path: '/api/apartments/:id',
    answer({ account, ids }) {
      const found = apartmentsOf(account).find(({ id }) => id === ids[0]);
      return found
        ? ok({ id: found.id, name: found.name, location: { city: '' }, timeZone: account.config.timeZone })
        : notFound('Apartment');
    },
  },
  { method: 'GET', path: '/api/me', answer: ({ account }) => ok({ id: account.id, firstName: 'Host', lastName: 'Example' }) },
  {
    method: 'GET',
    path: '/api/rates',
    answer(call) {
      const { account, request, now } = call;
      const from = request.query.get('start_date') ?? todayIn(account.config.timeZone, now);
      const until = request.query.get('end_date') ?? from;
      if (!isDate(from) || !isDate(until) || until < from || until > addDays(from, DAYS_MAX))
        return invalid('start_date and end_date');
      const wanted = [...request.query.getAll('apartments[]'), ...request.query.getAll('apartments')];
      const apartments = apartmentsOf(account).filter(({ id }) => wanted.length === 0 || wanted.includes(String(id)));
      const data = apartments.map(({ id }) => [id, ratesOf(account, id, daysBetween(from, until))]);
      return ok({ data: Object.fromEntries(data) as object });
    },
  },
  { method: 'POST', path: '/api/rates', answer: setDays },
  { method: 'POST', path: '/booking/checkApartmentAvailability', answer: check },
];

/** By day: what a webhook `updateRates` tells too. */
export function ratesOf(account: Account, apartment: number, days: readonly string[]): Record<string, object> {
  const { listing, unitId } = apartmentsOf(account).find(({ id }) => id === apartment)!;
  const stays = standing(account).filter((one) => one.listingId === listing.id && one.unitId === unitId && blocks(one));
  return Object.fromEntries(
    days.map((day) => {
      const rate = rateOf(account, listing, day);
      const taken = rate.closed || stays.some((one) => one.arrivalDate <= day && day < one.departureDate);
      return [day, { price: rate.price, min_length_of_stay: rate.minStay ?? 1, available: taken ? 0 : 1 }];
    }),
  );
}

/** All or nothing: an apartment that is not there refuses the whole. Rates are a listing's: doors of one have them in common here. */
function setDays(call: Call): ReturnType<typeof ok> {
  const asked = operations.safeParse(jsonOf(call.request));
  if (!asked.success) return invalid(asked.error.issues[0]!.path.join('.'));
  const apartments = asked.data.apartments.map((wanted) => apartmentsOf(call.account).find(({ id }) => id === wanted));
  if (apartments.includes(undefined)) return notFound('Apartment');
  for (const apartment of apartments)
    for (const { dates, daily_price: price, min_length_of_stay: minStay, available } of asked.data.operations) {
      const { listing, unitId } = apartment!;
      const closed = available === undefined || available === null ? undefined : !available;
      const said = Object.entries({ price, minStay, closed }).filter(([, value]) => value !== undefined && value !== null);
      for (const span of dates) {
        const [from, until = from] = span.split(':') as [string, string?];
        pushedAs(call, 'rates', ({ account }): Done => {
          setRates(account, listing, { from, until }, Object.fromEntries(said));
          const notices = [{ about: 'rates', listing, unitId, from, until } as const];
          return { kind: 'rates', id: listing.id, listings: [listing.id], notices };
        });
      }
    }
  return ok({ success: true });
}

/** Codes of refusals: minimum stay 401; a place that is taken is not among the available and has none (DOC). */
function check(call: Call): ReturnType<typeof ok> {
  const asked = availabilityAsked.safeParse(jsonOf(call.request));
  if (!asked.success) return invalid(asked.error.issues[0]!.path.join('.'));
  const { account } = call;
  const { arrivalDate, departureDate, apartments: wanted } = asked.data;
  const nights = daysBetween(arrivalDate, addDays(departureDate, -1));
  if (nights.length === 0) return invalid('departureDate');
  const others = standing(account);
  const free = apartmentsOf(account)
    .filter(({ id }) => wanted.length === 0 || wanted.includes(id))
    .filter(({ listing, unitId }) => isFree({ listingId: listing.id, unitId, arrivalDate, departureDate }, others))
    .filter(({ listing }) => !nights.some((night) => rateOf(account, listing, night).closed));
  const short = free.filter(({ listing }) => (rateOf(account, listing, arrivalDate).minStay ?? 1) > nights.length);
  const available = free.filter((apartment) => !short.includes(apartment));
  const currency = others[0]?.currency ?? 'EUR';
  return ok({
    availableApartments: available.map(({ id }) => id),
    prices: Object.fromEntries(
      available.map(({ id, listing }) => [id, { price: priceOf(listing, { arrivalDate, departureDate }), currency }]),
    ),
    errorMessages: Object.fromEntries(
      short.map(({ id }) => [id, { errorCode: 401, message: 'Minimum length of stay not reached' }]),
    ),
  });
}
