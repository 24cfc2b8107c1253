import { z } from 'zod';

export const pipeline = z.enum(['booking', 'availability', 'pricing', 'messaging', 'housekeeping', 'maintenance']);
export type Pipeline = z.infer<typeof pipeline>;

/** `live`: webhooks and hydration. `bulk`: polling and backfill. A lower lane never delays a higher one. */
export const lane = z.enum(['live', 'bulk']);
export type Lane = z.infer<typeof lane>;

/** Fetch jobs tell polling from backfill. Order is priority. */
export const fetchLane = z.enum(['live', 'poll', 'backfill']);
export type FetchLane = z.infer<typeof fetchLane>;

/** Orders to tell a provider something. `critical`: what must not be sold twice is closed before anything else is told. */
export const pushLane = z.enum(['critical', 'ordinary']);
export type PushLane = z.infer<typeof pushLane>;

export const kind = z.enum([
  'property',
  'unit-type',
  'unit',
  'reservation',
  'availability',
  'rate',
  'message',
  'unit-status',
  'task',
  'ticket',
]);
export type Kind = z.infer<typeof kind>;

/** Kinds that no provider tells: the registry derives them. */
export const derivedKind = z.enum(['room', 'conflict']);
export type DerivedKind = z.infer<typeof derivedKind>;

/** Where an event of a kind is processed: load or failure in one pipeline never delays another. */
export const PIPELINE_OF: Record<Kind, Pipeline> = {
  property: 'booking',
  'unit-type': 'booking',
  unit: 'booking',
  reservation: 'booking',
  availability: 'availability',
  rate: 'pricing',
  message: 'messaging',
  'unit-status': 'housekeeping',
  task: 'housekeeping',
  ticket: 'maintenance',
};
