import { wireId, wireText } from '@roomwire/pms-port';
import { z } from 'zod';

/** Lengths are those of our facets: what is longer is a reject with its place, not a guess where to cut. */
const text = (max: number) => wireText.pipe(z.string().max(max));
/** A count that is a text in most answers. */
const count = z.union([z.int(), z.string().regex(/^\d{1,6}$/)], { error: 'expected a count' }).transform(Number);
/** The local date of what is a date, or a date with an hour. */
const day = z
  .string()
  .transform((told) => /^(\d{4}-\d\d-\d\d)(?:[ T]\d\d:\d\d(?::\d\d)?)?$/.exec(told)?.[1])
  .pipe(z.iso.date('expected a date'));

/** One event, its keys in lower case: `reservationID` and `reservationId` are both sent. */
export const wireEvent = z.object({
  event: z.string(),
  propertyid: wireId.nullish(),
  propertyid_str: wireId.nullish(),
  reservationid: wireId.nullish(),
  subreservationid: wireId.nullish(),
  roomid: wireId.nullish(),
  rooms: z.array(z.unknown()).nullish(),
});
export type WireEvent = z.infer<typeof wireEvent>;
export const wireEventRoom = z.object({ roomid: wireId });

/** `total` is of all pages. */
export const wireAnswer = z.object({ success: z.literal(true), data: z.array(z.unknown()), total: z.int().min(0).nullish() });

/** What says no, under a 200 too. */
export const wireFailure = z.object({ success: z.literal(false), message: z.string().nullish() });

const wireStayRoom = z.object({
  roomTypeID: wireId.nullish(),
  roomID: wireId.nullish(),
  roomCheckIn: day.nullish(),
  roomCheckOut: day.nullish(),
  roomStatus: z.string().nullish(),
  guestID: wireId.nullish(),
  guestName: text(500).nullish(),
  adults: count.nullish(),
  children: count.nullish(),
});
export type WireStayRoom = z.infer<typeof wireStayRoom>;

/** The fields that we tell. Who else stays there, and all of their papers, is not even asked for. */
export const wireReservation = z.object({
  propertyID: wireId,
  reservationID: wireId,
  isDeleted: z.boolean().nullish(),
  status: z.string().nullish(),
  dateModifiedUTC: z.string().nullish(),
  guestID: wireId.nullish(),
  rooms: z.array(wireStayRoom).nullish(),
  total: z.union([z.number(), z.string()]).nullish(),
  propertyCurrency: z.string().max(16).nullish(),
});
export type WireReservation = z.infer<typeof wireReservation>;

export const wireHotel = z.object({
  propertyID: wireId,
  propertyName: text(500).nullish(),
  propertyTimezone: text(64).nullish(),
});
export type WireHotel = z.infer<typeof wireHotel>;

export const wireRoomType = z.object({
  roomTypeID: wireId,
  propertyID: wireId.nullish(),
  roomTypeName: text(500).nullish(),
  roomTypeUnits: count.nullish(),
});
export type WireRoomType = z.infer<typeof wireRoomType>;

export const wireRoom = z.object({
  roomID: wireId,
  roomTypeID: wireId.nullish(),
  roomName: text(500).nullish(),
  roomCondition: z.string().nullish(),
  roomBlocked: z.boolean().nullish(),
});
export type WireRoom = z.infer<typeof wireRoom>;

/** The documents say `endpoint`, a sample says `url`. */
export const wireRegistrations = z.object({
  success: z.literal(true),
  data: z.array(
    z.object({
      id: wireId,
      event: z.object({ entity: z.string(), action: z.string() }),
      subscriptionData: z.object({ endpoint: z.string().nullish(), url: z.string().nullish() }).nullish(),
    }),
  ),
});

export const wirePushed = z.object({
  success: z.literal(true),
  data: z.object({ roomID: wireId, roomCondition: z.string() }),
});

export const wireToken = z.object({
  access_token: z.string().min(1),
  expires_in: z.int().min(1),
  refresh_token: z.string().min(1).nullish(),
});
