import { wireId, wireText } from '@roomwire/pms-port';
import { z } from 'zod';

/** Lengths are those of our facets: what is longer is a reject with its place, not a guess where to cut. */
const text = (max: number) => wireText.pipe(z.string().max(max));
/** Booleans are 0 and 1 by the documents; true and false would be no surprise. */
const flag = z.union([z.literal(0), z.literal(1), z.boolean()]);

/** A unified webhook. `data` is looked for by the adapter: receivers have seen it in two places. */
export const wireWebhook = z.object({ event: z.string(), accountId: wireId.nullish() });

/** `result` is read by what was asked for. */
export const wireAnswer = z.object({ status: z.literal('success'), result: z.record(z.string(), z.unknown()) });

/** A list: a page, a calendar, a listing's units. `count` is of all pages. */
export const wireList = z.object({ status: z.literal('success'), result: z.array(z.unknown()), count: z.unknown().optional() });

/** What says no, whatever the HTTP status is. */
export const wireFailure = z.object({ status: z.literal('fail') });

/** The fields that we tell, of the some hundred. Door codes, phones and mails stay behind here. */
export const wireReservation = z.object({
  id: wireId,
  listingMapId: wireId.nullish(),
  status: z.string().nullish(),
  arrivalDate: z.iso.date().nullish(),
  departureDate: z.iso.date().nullish(),
  isDatesUnspecified: flag.nullish(),
  checkInTime: z.int().nullish(),
  checkOutTime: z.int().nullish(),
  guestName: text(500).nullish(),
  adults: z.int().min(0).nullish(),
  children: z.int().min(0).nullish(),
  totalPrice: z.number().nullish(),
  currency: z.string().max(16).nullish(),
  reservationUnit: z.array(z.object({ listingUnitId: wireId })).nullish(),
  updatedOn: z.string().nullish(),
});
export type WireReservation = z.infer<typeof wireReservation>;

export const wireListing = z.object({
  id: wireId,
  name: text(500).nullish(),
  timeZoneName: text(64).nullish(),
  checkInTimeStart: z.int().nullish(),
  checkOutTime: z.int().nullish(),
});
export type WireListing = z.infer<typeof wireListing>;

/** A door of a listing that has several. */
export const wireUnit = z.object({ id: wireId, name: text(500).nullish() });
export type WireUnit = z.infer<typeof wireUnit>;

/** A night of a calendar. */
export const wireDay = z.object({
  date: z.iso.date(),
  isAvailable: flag.nullish(),
  status: z.string().nullish(),
  availableUnitsToSell: z.int().nullish(),
  price: z.number().nullish(),
  minimumStay: z.int().min(0).nullish(),
});
export type WireDay = z.infer<typeof wireDay>;

export const wireTask = z.object({
  id: wireId,
  listingMapId: wireId.nullish(),
  reservationUnitId: wireId.nullish(),
  title: text(500).nullish(),
  status: z.string().nullish(),
  categoriesMap: z.array(wireId).nullish(),
  shouldEndBy: z.string().nullish(),
});
export type WireTask = z.infer<typeof wireTask>;

export const wireMessage = z.object({
  id: wireId,
  accountId: wireId.nullish(),
  conversationId: wireId,
  reservationId: wireId.nullish(),
  body: text(20_000).nullish(),
  isIncoming: flag.nullish(),
  date: z.string().nullish(),
  insertedOn: z.string().nullish(),
  updatedOn: z.string().nullish(),
});
export type WireMessage = z.infer<typeof wireMessage>;

export const wireToken = z.object({ access_token: z.string().min(1), expires_in: z.int().min(1) });

/** The success of a calendar's update is an empty one: with no result or an empty list. Its sibling answers the nights that it touched. */
export const wireDone = z.object({ status: z.literal('success'), result: z.array(z.unknown()).nullish() });
/** The message as it was made. */
export const wireSent = z.object({ status: z.literal('success'), result: z.object({ id: wireId }) });
/** The task as it is now. */
export const wireTaskDone = z.object({ status: z.literal('success'), result: z.object({ id: wireId, status: z.string() }) });

/** Login and password stay behind here. */
export const wireRegistrations = z.object({
  status: z.literal('success'),
  result: z.array(z.object({ id: wireId, url: z.string().nullish(), isEnabled: flag.nullish() })),
});
