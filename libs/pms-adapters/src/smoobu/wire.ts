import { wireId, wireText } from '@roomwire/pms-port';
import { z } from 'zod';

/** Lengths are those of our facets: what is longer is a reject with its place, not a guess where to cut. */
const text = (max: number) => wireText.pipe(z.string().max(max));
/** A boolean by the object, YES and NO as somebody has seen it. */
const flag = z.union([
  z.boolean(),
  z
    .string()
    .regex(/^(yes|no)$/i, 'expected yes or no')
    .transform((word) => word.toLowerCase() === 'yes'),
]);

/** `data` is looked for by the decoder: receivers have seen it in three places. */
export const wireWebhook = z.object({ action: z.string(), user: wireId.nullish() });
export const wireEntity = z.object({ id: wireId });
export const wireNewMessage = z.object({ id: wireId, booking: z.object({ id: wireId }) });
/** Whatever happened in a booking, and however it names it. */
export const wireOfBooking = z.object({
  bookingId: wireId.nullish(),
  reservationId: wireId.nullish(),
  booking: z.object({ id: wireId }).nullish(),
});
/** Nobody documents what changed rates look like: somebody reads this of them, and others say that apartments are keys of dates. */
export const wireRatesOf = z.object({ apartmentId: wireId });

/** The fields that we tell. The link to the guest's own pages, phones and mails stay behind here. */
export const wireReservation = z.object({
  id: wireId,
  type: z.string().nullish(),
  arrival: z.iso.date().nullish(),
  departure: z.iso.date().nullish(),
  apartment: z.object({ id: wireId }).nullish(),
  channel: z.object({ name: text(200).nullish() }).nullish(),
  'is-blocked-booking': flag.nullish(),
  'check-in': z.string().nullish(),
  'check-out': z.string().nullish(),
  'guest-name': text(500).nullish(),
  adults: z.int().min(0).nullish(),
  children: z.int().min(0).nullish(),
  price: z.number().nullish(),
  priceElements: z.array(z.object({ currencyCode: z.string().nullish() })).nullish(),
  modifiedAt: z.string().nullish(),
  'modified-at': z.string().nullish(),
});
export type WireReservation = z.infer<typeof wireReservation>;

/** A page of reservations; each is read by itself. */
export const wireReservations = z.object({
  page_count: z.int().min(0),
  page: z.int().min(0),
  total_items: z.int().min(0).nullish(),
  bookings: z.array(z.unknown()),
});

/** By id it may lack what the list has, and have what the list lacks; of none of it is nothing told. */
export const wireApartment = z
  .object({
    id: wireId.nullish(),
    name: text(500).nullish(),
    timeZone: text(64).nullish(),
    location: z.unknown().optional(),
  })
  .refine(
    ({ id, name, timeZone, location }) => [id, name, timeZone, location].some((each) => each !== undefined && each !== null),
    {
      error: 'expected an apartment',
    },
  );
export type WireApartment = z.infer<typeof wireApartment>;
export const wireApartments = z.object({ apartments: z.array(z.unknown()) });

export const wireNight = z.object({
  price: z.number().nullish(),
  min_length_of_stay: z.int().min(0).nullish(),
  available: z.int().nullish(),
});
export type WireNight = z.infer<typeof wireNight>;
/** By apartment, and by date below; nothing at all is an empty list, as PHP writes it. */
export const wireRates = z.object({ data: z.union([z.record(z.string(), z.unknown()), z.tuple([])]) });
export const wireNights = z.record(z.string(), z.unknown());

export const wireMessages = z.object({ page_count: z.int().min(0), messages: z.array(z.unknown()) });
/** 1 is the inbox, 2 what was sent. The mark-up has two spellings, and is told where the plain text is null. */
export const wireMessage = z.object({
  id: wireId,
  message: text(20_000).nullish(),
  messageHtml: text(20_000).nullish(),
  htmlMessage: text(20_000).nullish(),
  type: z.int().nullish(),
});
export type WireMessage = z.infer<typeof wireMessage>;

/** The whole of it: with anything more it would be another answer, and what that says nobody documents. */
export const wireDone = z.strictObject({ success: z.literal(true) });
