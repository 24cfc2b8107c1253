import { z } from 'zod';
import { UNIT_STATES, WORK_STATES, WORK_TYPES } from './housekeeping.ts';
import { STATUSES } from './reservation.ts';
import { isDate } from './stamps.ts';

export const ACTS = [
  ...['book', 'confirm', 'extend', 'shorten', 'cancel', 'move', 'lateCheckout', 'earlyCheckin', 'doorCode', 'resend', 'remove'],
  ...['checkIn', 'checkOut', 'noShow', 'rates'],
  ...['message', 'reply', 'unitStatus', 'task', 'ticket', 'announce'],
] as const;
export type Act = (typeof ACTS)[number];

const id = z.number().int();
const date = z.string().refine(isDate, 'expected YYYY-MM-DD');

/** One act. What is not given is chosen as the story would choose it. */
export const actCommand = z.strictObject({
  act: z.enum(ACTS),
  accountId: id.optional(),
  listing: id.optional(),
  unit: id.optional(),
  reservation: id.optional(),
  /** Nothing is sent: a webhook that the provider lost. */
  silent: z.boolean().default(false),
  /** Books or moves onto a place that is taken. */
  overlap: z.boolean().default(false),
  arrivalDate: date.optional(),
  departureDate: date.optional(),
  nights: z.number().int().min(1).max(365).optional(),
  guestName: z.string().min(1).optional(),
  to: id.optional(),
  hour: z.number().int().min(0).max(23).optional(),
  by: z.enum(['host', 'guest']).optional(),
  code: z.string().optional(),
  body: z.string().min(1).optional(),
  /** Of a reservation, a unit, a task or a ticket, as the act says. */
  status: z.enum([...STATUSES, ...UNIT_STATES, ...WORK_STATES, 'closed']).optional(),
  task: z.string().optional(),
  ticket: z.string().optional(),
  type: z.enum(WORK_TYPES).optional(),
  title: z.string().min(1).optional(),
  due: z.iso.datetime().optional(),
  price: z.number().min(0).nullable().optional(),
  minStay: z.number().int().min(1).nullable().optional(),
  closed: z.boolean().optional(),
  outOfOrder: z.boolean().optional(),
  from: date.optional(),
  until: date.optional(),
});

export type ActCommand = z.output<typeof actCommand>;
export type ActRequest = z.input<typeof actCommand>;
