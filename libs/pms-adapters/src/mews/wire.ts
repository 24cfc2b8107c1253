import { instantMicros, wireId, wireText } from '@roomwire/pms-port';
import { z } from 'zod';

/** Lengths are those of our facets: what is longer is a reject with its place, not a guess where to cut. */
const text = (max: number) => wireText.pipe(z.string().max(max));
/** One id that is none would make Mews refuse the whole read of hundreds. */
export const guid = wireId.pipe(z.guid('expected a GUID'));
/** ISO 8601 in UTC → microseconds. */
const utc = z
  .string()
  .transform((told) => (told.endsWith('Z') ? instantMicros(told) : undefined))
  .pipe(z.int('expected an instant in UTC'));

/** The general webhook: ids of what was changed together, up to some hundreds. */
export const wireWebhook = z.object({ EnterpriseId: wireId, Events: z.array(z.unknown()) });
export const wireWebhookEvent = z.object({ Discriminator: z.string(), Value: z.object({ Id: guid }) });

/** A message of the WebSocket. It names no enterprise: the socket was opened with the token of one. */
export const wireSocket = z.object({ Events: z.array(z.unknown()) });
export const wireSocketEvent = z.object({ Type: z.string(), Id: guid });

/** The integration webhook. `Data` holds access tokens: what may be kept of it is named here. */
export const wireIntegration = z.object({ Action: z.string(), Data: z.unknown() });
export const wireIntegrationData = z.object({
  Integration: z.object({ Id: wireId }).optional().catch(undefined),
  Enterprise: z.object({ Id: wireId }).optional().catch(undefined),
});

export const wireAssignment = z.object({ ResourceId: guid, CategoryId: guid, IsActive: z.boolean() });
export type WireAssignment = z.infer<typeof wireAssignment>;
/** What is read beside an operation's own list. */
export const wireAnswer = z.looseObject({ ResourceCategoryAssignments: z.array(z.unknown()).nullish() });

export const wireEnterprise = z.object({
  Id: guid,
  Name: text(500).nullish(),
  TimeZoneIdentifier: text(64).nullish(),
  UpdatedUtc: utc,
});
export type WireEnterprise = z.infer<typeof wireEnterprise>;

/** Of a reservation's some forty fields; who the guest is stands in other answers. */
export const wireReservation = z.object({
  Id: guid,
  State: z.string().nullish(),
  CancellationReason: z.string().nullish(),
  RequestedResourceCategoryId: guid.nullish(),
  AssignedResourceId: guid.nullish(),
  ScheduledStartUtc: utc.nullish(),
  ScheduledEndUtc: utc.nullish(),
  UpdatedUtc: utc,
});
export type WireReservation = z.infer<typeof wireReservation>;

export const wireResource = z.object({
  Id: guid,
  EnterpriseId: wireId,
  IsActive: z.boolean(),
  Name: text(500).nullish(),
  State: z.string().nullish(),
  UpdatedUtc: utc,
});
export type WireResource = z.infer<typeof wireResource>;

export const wireBlock = z.object({
  Id: guid,
  EnterpriseId: wireId,
  AssignedResourceId: guid,
  IsActive: z.boolean(),
  Type: z.string(),
  Name: text(500).nullish(),
  StartUtc: utc,
  EndUtc: utc,
  UpdatedUtc: utc,
});
export type WireBlock = z.infer<typeof wireBlock>;

export const wireTask = z.object({
  Id: guid,
  EnterpriseId: wireId.nullish(),
  Name: text(500).nullish(),
  State: z.string().nullish(),
  DeadlineUtc: utc.nullish(),
});
export type WireTask = z.infer<typeof wireTask>;

/** What comes after a page. */
export const wirePage = z.object({ Cursor: guid.nullish() });
export const wireSent = z.object({
  Messages: z.array(z.object({ Identifier: z.string().nullish(), Message: z.object({ Id: guid }) })),
});
