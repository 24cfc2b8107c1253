import { placeIn } from '../places.ts';
import { rateOf } from '../rates.ts';
import type { Answer } from '../request.ts';
import type { Call, Route } from '../route.ts';
import { addDays, daysBetween, isDate, todayIn } from '../stamps.ts';
import { listingOf } from '../world.ts';
import { both, failure, ok, paged, properties, WRONG_PROPERTY } from './answer.ts';
import { statusOf } from './jobs.ts';
import { cloudbedsOf, propertyOf, roomsOf, type Job, type Room } from './own.ts';
import { wireBlock, wireHousekeeping, wireRoom } from './wire-room.ts';

const BLOCK_DAYS_MAX = 35;
const SMALL = { by: 20, max: 100 };

/** Of the properties that are asked for. */
const rooms = (call: Call, answer: (rooms: Room[], wanted: number[]) => Answer): Answer => {
  const wanted = properties(call, call.request.query);
  return wanted
    ? answer(
        roomsOf(call.account).filter(({ property }) => wanted.includes(property)),
        wanted,
      )
    : WRONG_PROPERTY;
};

export const roomRoutes: readonly Route[] = [
  ...both('GET', 'getRooms', (call) =>
    rooms(call, (found, wanted) => {
      const type = call.request.query.get('roomTypeID');
      const ofType = found.filter(({ listing }) => type === null || String(listing.id) === type);
      const groups = (page: Room[]): object[] =>
        wanted.map((property) => ({
          propertyID: String(property),
          rooms: page.filter((room) => room.property === property).map((room) => wireRoom(call.account, room, call.now)),
        }));
      return paged(call, ofType, SMALL, groups);
    }),
  ),
  ...both('GET', 'getRoomTypes', (call) =>
    rooms(call, (found) => {
      const listings = [...new Set(found.map(({ listing }) => listing))];
      const types = listings.map((listing) => ({
        ...{ roomTypeID: String(listing.id), propertyID: String(propertyOf(call.account, listing)), roomTypeName: listing.name },
        ...{
          roomTypeNameShort: listing.name.slice(0, 4),
          isPrivate: true,
          maxGuests: 4,
          roomTypeUnits: Math.max(1, listing.units.length),
        },
      }));
      return paged(call, types, SMALL);
    }),
  ),
  ...both('GET', 'getHousekeepingStatus', (call) =>
    rooms(call, (found) => {
      const { query } = call.request;
      const [condition, occupied] = [query.get('roomCondition'), query.get('roomOccupied')];
      const all = found
        .map((room) => wireHousekeeping(call.account, room, call.now))
        .filter(
          ({ roomCondition, roomOccupied, roomTypeID }) =>
            (condition ?? roomCondition) === roomCondition &&
            (occupied === null || (occupied === 'true') === roomOccupied) &&
            (query.get('roomTypeIDs')?.split(',').includes(String(roomTypeID)) ?? true),
        );
      return paged(call, all, { by: 100, max: 5_000 });
    }),
  ),
  ...both('GET', 'getRoomBlocks', roomBlocks),
  ...both('GET', 'getHotels', (call) =>
    rooms(call, (_, wanted) => {
      const hotels = wanted.map((id) => hotel(call, id));
      return ok(hotels, { count: hotels.length, total: hotels.length });
    }),
  ),
  ...both('GET', 'getHotelDetails', (call) => rooms(call, (_, [first]) => ok(hotel(call, first!)))),
  ...both('GET', 'getRatePlans', (call) =>
    rooms(call, (found) =>
      ok(
        [...new Set(found.map(({ listing }) => listing))].map(({ id, name, price }) => ({
          ...{
            rateID: String(id),
            isDerived: false,
            ratePlanNamePublic: 'Base',
            roomTypeID: String(id),
            roomTypeName: name,
            totalRate: price,
          },
        })),
      ),
    ),
  ),
  ...both('GET', 'getRate', rate),
  ...both('GET', 'getRateJobs', ({ account, request }) => {
    const wanted = request.query.get('jobReferenceID');
    const jobs = cloudbedsOf(account).jobs.filter(({ id }) => wanted === null || id === wanted);
    return { status: 200, body: { success: true, hasNextPage: false, nextPage: null, data: jobs.map(wireJob) } };
  }),
];

function roomBlocks(call: Call): Answer {
  const { account, request, now } = call;
  const wanted = properties(call, request.query);
  if (!wanted) return WRONG_PROPERTY;
  const from = request.query.get('startDate') ?? todayIn(account.config.timeZone, now);
  const until = request.query.get('endDate') ?? from;
  if (!isDate(from) || !isDate(until) || until > addDays(from, BLOCK_DAYS_MAX)) return failure('Parameter endDate is invalid');
  const [id, room, type] = ['roomBlockID', 'roomID', 'roomTypeID'].map((name) => request.query.get(name));
  const blocks = [...account.tickets.values()]
    .filter(({ block, status, listingId }) => {
      const listing = listingOf(account, listingId)!;
      return block !== null && status === 'open' && wanted.includes(propertyOf(account, listing));
    })
    .map((ticket) => wireBlock(account, ticket))
    .filter(({ startDate, endDate }) => String(startDate) <= until && String(endDate) >= from)
    .filter(({ roomBlockID, rooms: blocked }) => {
      const { roomID, roomTypeID } = blocked[0]!;
      return (id ?? roomBlockID) === roomBlockID && (room ?? roomID) === roomID && (type ?? roomTypeID) === roomTypeID;
    });
  return paged(call, blocks, SMALL, (page) => ({ propertyID: String(wanted[0]), roomBlocks: page }));
}

function hotel({ account }: Call, id: number): object {
  const { city, currency } = placeIn(account.config.timeZone);
  return {
    ...{ propertyID: String(id), organizationID: String(account.id), propertyName: `Hotel ${id}`, propertyImage: '' },
    ...{ propertyDescription: city, propertyTimezone: account.config.timeZone },
    propertyCurrency: [{ currencyCode: currency, currencySymbol: currency, currencyPosition: 'before' }],
  };
}

function rate({ account, request }: Call): Answer {
  const { query } = request;
  const listing = listingOf(account, Number(query.get('roomTypeID')));
  const [from, until] = [query.get('startDate') ?? '', query.get('endDate') ?? ''];
  if (!listing || !isDate(from) || !isDate(until)) return failure('Invalid parameters');
  const roomRateDetailed = daysBetween(from, addDays(until, -1)).map((date) => {
    const { price, minStay, maxStay, closed, closedToArrival, closedToDeparture } = rateOf(account, listing, date);
    const stay = { minLos: minStay ?? 1, maxLos: maxStay ?? 0, closedToArrival: closedToArrival ?? false };
    return { date, rate: price, ...stay, closedToDeparture: closedToDeparture ?? false, blocked: closed ?? false };
  });
  const roomRate = roomRateDetailed.reduce((sum, night) => sum + night.rate, 0);
  return ok({ rateID: String(listing.id), roomRate, totalRate: roomRate, roomRateDetailed });
}

const wireJob = (job: Job): object => ({
  ...{ jobReferenceID: job.id, dateCreated: new Date(job.at).toISOString().slice(0, 10), status: statusOf(job) },
  updates: job.updates.map(({ listing, rateID, startDate, endDate, set }) => ({
    ...{
      rateID,
      action: job.action,
      startDate,
      endDate,
      rate: set.price ?? null,
      maxLos: set.maxStay ?? null,
      minLos: set.minStay ?? null,
    },
    ...{ closedToArrival: set.closedToArrival ?? null, closedToDeparture: set.closedToDeparture ?? null, cutOff: null },
    ...{ lastMinuteBooking: null, message: listing ? '' : 'Rate not found' },
  })),
});
