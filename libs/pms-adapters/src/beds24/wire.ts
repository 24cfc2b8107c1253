import { wireId, wireText } from '@roomwire/pms-port';
import { z } from 'zod';

/** Lengths are those of our facets: what is longer is a reject with its place, not a guess where to cut. */
const text = (max: number) => wireText.pipe(z.string().max(max));

/** Only the inventory webhook has an action. */
export const wireNotice = z.object({ action: z.string().optional() });

/** Booking webhook V2. `messages` are read one by one: a bad one spoils no booking. */
export const wireWebhook = z.object({
  booking: z.record(z.string(), z.unknown()),
  messages: z.array(z.unknown()).nullish(),
});

/** The marketplace's inventory webhook: a room, and nothing of what became of it. Its ids are texts. */
export const wireSync = z.object({ action: z.literal('SYNC_ROOM'), roomId: wireId, ownerId: wireId.nullish() });

const pages = z.object({ nextPageExists: z.boolean() });
/** What GET answers with, whatever is asked for. */
export const wireAnswer = z.object({ success: z.literal(true), data: z.array(z.unknown()), pages: pages.nullish() });
/** The same, of which we must know whether it is the last. */
export const wirePage = wireAnswer.extend({ pages });

/** What a property says of its webhook. All of them must be on one page: one that is not seen would not be registered. */
export const wireRegistrations = z.object({
  success: z.literal(true),
  pages: z.object({ nextPageExists: z.literal(false) }),
  data: z.array(
    z.object({
      id: wireId,
      webhooks: z.object({ version: z.string(), url: z.string(), additionalData: z.string() }),
    }),
  ),
});

const wireComplaint = z.object({ field: z.string().nullish(), message: z.string().nullish() });
/** What became of one item of a POST. */
export const wireVerdict = z.object({
  success: z.boolean(),
  errors: z.array(wireComplaint).nullish(),
  warnings: z.array(wireComplaint).nullish(),
});

/** What says no, whatever the HTTP status is. */
export const wireFailure = z.object({ success: z.literal(false) });

/** What is said of a token that is none, under a 200. */
export const wireRefusedToken = z.object({ validToken: z.literal(false) });

/** The fields that we tell. Tokens, comments and custom fields stay behind here. */
export const wireBooking = z.object({
  id: wireId,
  propertyId: wireId.nullish(),
  roomId: wireId.nullish(),
  unitId: z.union([z.literal(''), wireId]).nullish(),
  roomQty: z.int().nullish(),
  status: z.string().nullish(),
  subStatus: z.string().nullish(),
  arrival: z.iso.date().nullish(),
  departure: z.iso.date().nullish(),
  channel: text(200).nullish(),
  firstName: text(250).nullish(),
  lastName: text(249).nullish(),
  numAdult: z.int().min(0).nullish(),
  numChild: z.int().min(0).nullish(),
  price: z.number().nullish(),
  modifiedTime: z.string().nullish(),
});
export type WireBooking = z.infer<typeof wireBooking>;

export const wireMessage = z.object({
  id: wireId,
  bookingId: wireId.nullish(),
  message: text(20_000).nullish(),
  source: z.string().nullish(),
  time: z.string().nullish(),
});
export type WireMessage = z.infer<typeof wireMessage>;

const wireUnit = z.object({ id: wireId, name: text(500).nullish() });
const wireRoomType = z.object({
  id: wireId,
  name: text(500).nullish(),
  qty: z.int().min(0).nullish(),
  units: z.array(wireUnit).nullish(),
});
export const wireProperty = z.object({
  id: wireId,
  name: text(500).nullish(),
  checkInStart: z.string().nullish(),
  checkOutEnd: z.string().nullish(),
  roomTypes: z.array(wireRoomType).nullish(),
});
export type WireProperty = z.infer<typeof wireProperty>;
export type WireRoomType = z.infer<typeof wireRoomType>;

const wireNights = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  numAvail: z.int().nullish(),
  override: z.string().nullish(),
  minStay: z.int().min(0).nullish(),
  price1: z.number().nullish(),
});
export type WireNights = z.infer<typeof wireNights>;
export const wireCalendar = z.object({ roomId: wireId, calendar: z.array(wireNights) });
export type WireCalendar = z.infer<typeof wireCalendar>;

export const wireToken = z.object({ token: z.string().min(1), expiresIn: z.int().min(1) });
