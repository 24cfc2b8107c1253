import { z } from 'zod';
import { blocks } from '../reservation.ts';
import { todayIn } from '../stamps.ts';
import { visibleReservations, type Call, type Route } from '../route.ts';
import type { Ticket } from '../housekeeping.ts';
import { ok } from './answer.ts';
import { idList, interval, isAmong, isWithin, limitation, openInterval, type Interval } from './fields.ts';
import { listed, operation, type Item } from './operation.ts';
import { mewsOf } from './own.ts';
import { wireAssignments, wireBlock, wireCategory, wireEnterprise, wireResource, wireService } from './wire-resource.ts';

const MONTHS = 3;

const resourceFilters = z.object({
  ...{ EnterpriseIds: idList().nullish(), ResourceIds: idList().nullish(), Names: idList().nullish() },
  ...{ CreatedUtc: interval(MONTHS).nullish(), UpdatedUtc: interval(MONTHS).nullish(), Limitation: limitation },
  Extent: z.object({ ResourceCategoryAssignments: z.boolean().nullish() }).nullish(),
});
const blockFilters = z.object({
  ...{ EnterpriseIds: idList().nullish(), ResourceBlockIds: idList().nullish(), AssignedResourceIds: idList().nullish() },
  ActivityStates: z.array(z.enum(['Active', 'Deleted'])).default(['Active']),
  ...{ CollidingUtc: interval(MONTHS).nullish(), CreatedUtc: interval(MONTHS).nullish(), UpdatedUtc: interval(MONTHS).nullish() },
  Limitation: limitation,
});
const plainFilters = z.object({
  ...{ EnterpriseIds: idList().nullish(), ServiceIds: idList().nullish(), ResourceCategoryIds: idList().nullish() },
  ...{ UpdatedUtc: openInterval.nullish(), LinkedUtc: openInterval.nullish(), Limitation: limitation.default({ Count: 1_000 }) },
});
const occupancyFilters = z.object({
  ...{ ResourceCategoryIds: idList().nullish(), ResourceStates: z.array(z.string()).nullish() },
  OccupancyStates: z.array(z.enum(['Vacant', 'Reserved', 'Occupied', 'InternalUse', 'OutOfOrder'])).nullish(),
});

export const resourceRoutes: readonly Route[] = [
  operation('resources/getAll', resourceFilters, (call, asked) => {
    const all = resourcesOf(call);
    const wanted = ({ Id, wire, at }: Item): boolean => {
      const { EnterpriseId, Name, UpdatedUtc } = wire() as ReturnType<typeof wireResource>;
      const { ResourceIds, EnterpriseIds, Names, CreatedUtc, UpdatedUtc: updated } = asked;
      const among = isAmong(Id, ResourceIds) && isAmong(String(EnterpriseId), EnterpriseIds);
      const named = Names?.includes(String(Name)) ?? true;
      return among && named && isWithin(at, CreatedUtc) && isWithin(Date.parse(String(UpdatedUtc)), updated);
    };
    const answer = listed(call, 'Resources', { all, wanted, page: asked.Limitation });
    if (!asked.Extent?.ResourceCategoryAssignments || answer.status !== 200)
      return { ...answer, body: { ...EXTENT, ...(answer.body as object) } };
    const { Resources } = answer.body as { Resources: { Id: string }[] };
    const given = new Set(Resources.map(({ Id }) => Id));
    const ResourceCategoryAssignments = wireAssignments(call.account).filter(({ ResourceId }) => given.has(ResourceId));
    return { ...answer, body: { ...EXTENT, ...(answer.body as object), ResourceCategoryAssignments } };
  }),

  operation('resources/getOccupancyState', occupancyFilters, (call, asked) =>
    ok({
      ResourceCategoryOccupancyStates: call.account.listings.flatMap((listing) => {
        const ResourceCategoryId = wireCategory(call.account, listing).Id;
        if (!isAmong(ResourceCategoryId, asked.ResourceCategoryIds)) return [];
        const states = occupancyOf(call, listing.id).filter(
          ({ ResourceState, OccupancyState }) =>
            (asked.ResourceStates?.includes(ResourceState) ?? true) &&
            (asked.OccupancyStates?.some((state) => state === OccupancyState) ?? true),
        );
        return [{ ResourceCategoryId, ResourceOccupancyStates: states }];
      }),
    }),
  ),

  operation('resourceBlocks/getAll', blockFilters, (call, asked) => {
    const tickets = [...call.account.tickets.values()].filter(({ block }) => block !== null);
    const byId = new Map(tickets.map((ticket) => [wireBlock(call.account, ticket).Id, ticket]));
    const all = [...byId].map(([Id, ticket]) => ({ Id, at: ticket.openedAt, wire: () => wireBlock(call.account, ticket) }));
    const wanted = ({ Id, wire, at }: Item): boolean => {
      const { AssignedResourceId, EnterpriseId, IsActive } = wire() as ReturnType<typeof wireBlock>;
      const among = isAmong(Id, asked.ResourceBlockIds) && isAmong(String(EnterpriseId), asked.EnterpriseIds);
      const ticket = byId.get(Id)!;
      return [
        ...[among, isAmong(String(AssignedResourceId), asked.AssignedResourceIds), isWithin(at, asked.CreatedUtc)],
        ...[isWithin(ticket.modifiedAt, asked.UpdatedUtc), collides(ticket, asked.CollidingUtc)],
        asked.ActivityStates.includes(IsActive ? 'Active' : 'Deleted'),
      ].every(Boolean);
    };
    return listed(call, 'ResourceBlocks', { all, wanted, page: asked.Limitation });
  }),

  operation('resourceCategories/getAll', plainFilters, (call, asked) =>
    plain(
      call,
      'ResourceCategories',
      call.account.listings.map((listing) => wireCategory(call.account, listing)),
      {
        ...{ page: asked.Limitation, ids: asked.ResourceCategoryIds, enterprises: asked.EnterpriseIds },
      },
    ),
  ),
  operation('services/getAll', plainFilters, (call, asked) =>
    plain(
      call,
      'Services',
      enterprises(call).map((index) => wireService(call.account, index, builtAt(call))),
      {
        ...{ page: asked.Limitation, ids: asked.ServiceIds, enterprises: asked.EnterpriseIds },
      },
    ),
  ),
  operation('enterprises/getAll', plainFilters, (call, asked) =>
    plain(
      call,
      'Enterprises',
      enterprises(call).map((index) => wireEnterprise(call.account, index, builtAt(call))),
      {
        ...{ page: asked.Limitation, ids: asked.EnterpriseIds, enterprises: null },
      },
    ),
  ),
  operation('configuration/get', z.object({}), (call) =>
    ok({ NowUtc: new Date(call.now).toISOString(), Enterprise: wireEnterprise(call.account, 0, builtAt(call)) }),
  ),
];

/** What `Extent` may ask for besides, and nobody here has. */
const EXTENT = {
  ...{ ResourceCategories: null, ResourceCategoryAssignments: null, ResourceCategoryImageAssignments: null },
  ...{ ResourceFeatures: null, ResourceFeatureAssignments: null },
};

type Page = { page: { Count: number; Cursor?: string | null | undefined } };
type Chosen = Page & { ids: readonly string[] | null | undefined; enterprises: readonly string[] | null | undefined };

const plain = (call: Call, name: string, wires: readonly (Record<string, unknown> & { Id: string })[], chosen: Chosen) =>
  listed(call, name, {
    all: wires.map((wire) => ({ Id: wire.Id, at: builtAt(call), wire: () => wire })),
    wanted: ({ Id, wire }) =>
      isAmong(Id, chosen.ids) && isAmong(String((wire() as { EnterpriseId?: string }).EnterpriseId), chosen.enterprises),
    page: chosen.page,
  });

const enterprises = ({ account }: Call): number[] => [...Array(mewsOf(account).config.enterprises).keys()];
const builtAt = ({ account }: Call): number => account.listings[0]!.insertedAt;

const resourcesOf = ({ account }: Call): Item[] =>
  account.listings.flatMap((listing) =>
    (listing.units.length > 0 ? listing.units : [null]).map((unit) => {
      const wire = wireResource(account, listing, unit);
      return { Id: wire.Id, at: listing.insertedAt, wire: () => wire };
    }),
  );

const collides = ({ startAt, endAt }: Ticket, wanted: Interval | null | undefined): boolean =>
  !wanted || ((startAt ?? 0) < wanted.EndUtc && (endAt ?? Infinity) > wanted.StartUtc);

function occupancyOf(call: Call, listingId: number): { ResourceId: string; ResourceState: string; OccupancyState: string }[] {
  const { account, now } = call;
  const today = todayIn(account.config.timeZone, now);
  const listing = account.listings.find(({ id }) => id === listingId)!;
  const here = visibleReservations(call).filter(
    (one) => one.listingId === listingId && blocks(one) && one.arrivalDate <= today && today <= one.departureDate,
  );
  return (listing.units.length > 0 ? listing.units : [null]).map((unit) => {
    const stays = here.filter(({ unitId, checkedOutAt }) => unitId === (unit?.id ?? null) && checkedOutAt === null);
    const { Id, State } = wireResource(account, listing, unit);
    const occupied = stays.some(({ checkedInAt }) => checkedInAt !== null);
    return {
      ...{ ResourceId: Id, ResourceState: String(State) },
      OccupancyState: occupied ? 'Occupied' : stays.length > 0 ? 'Reserved' : 'Vacant',
    };
  });
}
