import { z } from 'zod';
import type { Done } from '../act-scene.ts';
import { pushedAs } from '../push.ts';
import { rateOf, setRates } from '../rates.ts';
import { blocks, type Reservation } from '../reservation.ts';
import type { Call, Route } from '../route.ts';
import { visibleReservations } from '../route.ts';
import { daysBetween, hourOf, todayIn } from '../stamps.ts';
import { placeIn } from '../places.ts';
import type { Account, Listing } from '../world.ts';
import { invalid, ok } from './answer.ts';
import { idList, limitation, utc, utcTime } from './fields.ts';
import { enterpriseOf, guid, numberIn } from './ids.ts';
import { operation } from './operation.ts';
import { mewsOf } from './own.ts';

const UPDATES_MAX = 1_000;
const UNITS_MAX = 100;
const DAYS_MAX = 367;
const METRICS = [
  ...['OutOfOrderBlocks', 'PublicAvailabilityAdjustment', 'OtherServiceReservationCount', 'Occupied', 'ConfirmedReservations'],
  ...[
    'OptionalReservations',
    'BlockAvailability',
    'AllocatedBlockAvailability',
    'UsableResources',
    'ActiveResources',
    'HouseUse',
  ],
] as const;
type Metric = (typeof METRICS)[number];

const span = { FirstTimeUnitStartUtc: utcTime, LastTimeUnitStartUtc: utcTime };
const availabilityAsked = z.object({ ServiceId: z.string(), ...span, Metrics: z.array(z.enum(METRICS)).min(1) });
const pricingAsked = z.object({ RateId: z.string(), ...span });
const priceUpdates = z.object({
  RateId: z.string(),
  PriceUpdates: z
    .array(z.object({ ...span, CategoryId: z.string().nullish(), Value: z.number().nullable() }))
    .min(1)
    .max(UPDATES_MAX),
});
const adjustments = z.object({
  ServiceId: z.string(),
  AvailabilityUpdates: z
    .array(
      z.object({ ...span, ResourceCategoryId: z.string(), UnitCountAdjustment: z.object({ Value: z.number().int().nullish() }) }),
    )
    .min(1)
    .max(UPDATES_MAX),
});
const restrictionsToSet = z.object({
  ServiceId: z.string(),
  Data: z
    .array(z.looseObject({ Type: z.string() }))
    .min(1)
    .max(UPDATES_MAX),
});
const restrictionFilters = z.object({ ServiceIds: idList().nullish(), Limitation: limitation });

export const rateRoutes: readonly Route[] = [
  operation('services/getAvailability/2024-01-22', availabilityAsked, (call, asked) => {
    const listings = listingsOf(call, 'service', asked.ServiceId);
    const days = daysOf(call.account, asked);
    if (!listings) return invalid('ServiceId');
    if (!days || days.length > DAYS_MAX) return invalid('LastTimeUnitStartUtc');
    const stays = visibleReservations(call);
    return ok({
      TimeUnitStartsUtc: days.map((day) => utc(hourOf(day, 0, call.account.config.timeZone))),
      ResourceCategoryAvailabilities: listings.map((listing) => ({
        ResourceCategoryId: guid(call.account, 'category', listing.id),
        Metrics: Object.fromEntries(
          asked.Metrics.map((metric) => [metric, days.map((day) => counted(call.account, listing, stays, day)[metric])]),
        ),
      })),
    });
  }),
  operation('services/updateAvailability', adjustments, (call, asked) => {
    if (!listingsOf(call, 'service', asked.ServiceId)) return invalid('ServiceId');
    for (const update of asked.AvailabilityUpdates) {
      const category = numberIn(call.account, 'category', update.ResourceCategoryId);
      const days = daysOf(call.account, update);
      if (category === undefined || !days) return invalid('AvailabilityUpdates');
      // {} = an adjustment taken back; else relative to what is there.
      for (const day of days) mewsOf(call.account).adjustments.set(`${category}/${day}`, update.UnitCountAdjustment.Value ?? 0);
    }
    return ok({});
  }),

  operation('rates/getPricing', pricingAsked, (call, asked) => {
    const listings = listingsOf(call, 'rate', asked.RateId);
    const days = daysOf(call.account, asked);
    if (!listings) return invalid('RateId');
    if (!days) return invalid('LastTimeUnitStartUtc');
    const Currency = placeIn(call.account.config.timeZone).currency;
    const prices = (listing: Listing): object[] => days.map((day) => amount(Currency, rateOf(call.account, listing, day).price));
    return ok({
      ...{ Currency, BaseAmountPrices: prices(listings[0]!), CategoryAdjustments: [] },
      CategoryPrices: listings.map((listing) => ({
        ...{ CategoryId: guid(call.account, 'category', listing.id), AmountPrices: prices(listing) },
      })),
      TimeUnitStartsUtc: days.map((day) => utc(hourOf(day, 0, call.account.config.timeZone))),
    });
  }),
  operation('rates/updatePrice', priceUpdates, (call, asked) => {
    const ofRate = listingsOf(call, 'rate', asked.RateId);
    if (!ofRate) return invalid('RateId');
    const wanted = asked.PriceUpdates.map(({ CategoryId, Value, ...times }) => ({
      listings: CategoryId ? ofRate.filter(({ id }) => id === numberIn(call.account, 'category', CategoryId)) : ofRate,
      ...{ days: daysOf(call.account, times), price: Value },
    }));
    if (wanted.some(({ listings }) => listings.length === 0)) return invalid('CategoryId');
    if (wanted.some(({ days }) => !days || days.length > UNITS_MAX)) return invalid('LastTimeUnitStartUtc');
    for (const { listings, days, price } of wanted)
      for (const listing of listings) setPrice(call, listing, { from: days![0]!, until: days!.at(-1)! }, price);
    return ok({});
  }),

  operation('restrictions/getAll', restrictionFilters, ({ account }, { ServiceIds, Limitation }) => {
    const all = mewsOf(account).restrictions.filter(({ ServiceId }) => ServiceIds?.includes(String(ServiceId)) ?? true);
    const from = all.findIndex(({ Id }) => Id === Limitation.Cursor) + 1;
    const Restrictions = all.slice(from, from + Limitation.Count);
    return ok({ Restrictions, Cursor: Restrictions.at(-1)?.Id ?? null });
  }),
  operation('restrictions/set', restrictionsToSet, (call, { ServiceId, Data }) => {
    if (!listingsOf(call, 'service', ServiceId)) return invalid('ServiceId');
    const { restrictions } = mewsOf(call.account);
    for (const data of Data) restrictions.push(restriction(call.account, ServiceId, restrictions.length, data));
    return ok({});
  }),
];

/** Of an enterprise, which has one service and one rate. */
function listingsOf({ account }: Call, kind: 'service' | 'rate', id: string): Listing[] | undefined {
  const enterprise = numberIn(account, kind, id);
  const found = account.listings.filter((listing) => enterpriseOf(account, listing) === enterprise);
  return found.length > 0 ? found : undefined;
}

type Span = { FirstTimeUnitStartUtc: number; LastTimeUnitStartUtc: number };

/** Time units are nights, which begin at midnight on the wall of the hotel. */
function daysOf({ config }: Account, { FirstTimeUnitStartUtc: first, LastTimeUnitStartUtc: last }: Span): string[] | undefined {
  return last < first ? undefined : daysBetween(todayIn(config.timeZone, first), todayIn(config.timeZone, last));
}

function setPrice(call: Call, listing: Listing, days: { from: string; until: string }, price: number | null): void {
  pushedAs(call, 'rates', ({ account }): Done => {
    setRates(account, listing, days, { price });
    const notices = [{ about: 'rates', listing, unitId: null, ...days } as const];
    return { kind: 'rates', id: listing.id, listings: [listing.id], notices };
  });
}

function counted(account: Account, listing: Listing, stays: readonly Reservation[], day: string): Record<Metric, number> {
  const here = stays.filter((one) => one.listingId === listing.id && one.arrivalDate <= day && day < one.departureDate);
  const confirmed = here.filter(blocks).length;
  const blocked = (kind: 'out-of-order' | 'internal-use'): number =>
    [...account.tickets.values()].filter(
      ({ listingId, block, status, from, until }) =>
        listingId === listing.id && block === kind && status === 'open' && (from ?? day) <= day && day <= (until ?? day),
    ).length;
  const doors = Math.max(1, listing.units.length);
  return {
    ...{ OutOfOrderBlocks: blocked('out-of-order'), HouseUse: blocked('internal-use'), Occupied: confirmed },
    PublicAvailabilityAdjustment: mewsOf(account).adjustments.get(`${listing.id}/${day}`) ?? 0,
    ...{ ConfirmedReservations: confirmed, OptionalReservations: here.filter(({ status }) => status === 'pending').length },
    ...{ OtherServiceReservationCount: 0, BlockAvailability: 0, AllocatedBlockAvailability: 0 },
    ...{ ActiveResources: doors, UsableResources: doors - blocked('out-of-order') },
  };
}

const TAX = 0.07;

function amount(Currency: string, GrossValue: number): object {
  const NetValue = Math.round((GrossValue / (1 + TAX)) * 100) / 100;
  const TaxValue = Math.round((GrossValue - NetValue) * 100) / 100;
  return {
    ...{ Currency, NetValue, GrossValue, TaxValues: [{ Code: 'DE-2020-1-L', Value: TaxValue }] },
    Breakdown: { Items: [{ TaxRateCode: 'DE-2020-1-L', NetValue, TaxValue }] },
  };
}

type Conditions = Record<string, unknown> & { Days?: Record<string, boolean> };

/** As it is set, in the shape in which it is read: conditions here, exceptions there. */
function restriction(account: Account, ServiceId: string, number: number, data: Conditions) {
  const pick = (names: readonly string[]): object => Object.fromEntries(names.map((name) => [name, data[name] ?? null]));
  const days = Object.entries(data.Days ?? {}).flatMap(([day, on]) => (on ? [day] : []));
  return {
    ...{ Id: guid(account, 'restriction', number), ServiceId, ExternalIdentifier: null, Origin: 'Integration' },
    Conditions: {
      ...pick([
        'Type',
        'ExactRateId',
        'BaseRateId',
        'RateGroupId',
        'ResourceCategoryId',
        'ResourceCategoryType',
        'StartUtc',
        'EndUtc',
      ]),
      Days: days,
    },
    Exceptions: pick(['MinAdvance', 'MaxAdvance', 'MinLength', 'MaxLength', 'MinPrice', 'MaxPrice']),
  };
}
