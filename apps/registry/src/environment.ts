import { pipeline } from '@roomwire/events';
import { z } from 'zod';

export const environment = {
  REDIS_URL: z.url().describe("Redis that holds the registry's memory; maxmemory-policy must be noeviction"),
  HORIZON_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .default(400)
    .describe(
      'days that a stay, a message, a closed task or ticket, or a month of nights is kept after its end; the same for all',
    ),
  ROOMWIRE_RETELL_IN_FLIGHT_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .max(200)
    .default(20)
    .describe('reads of one connection that wait at a time, of what was told under an older epoch or mapping'),
  ROOMWIRE_RETELL_PER_SECOND_MAX: z.coerce.number().int().min(1).max(100).default(5).describe('the same, asked for in a second'),
  ROOMWIRE_EPOCH_QUORUM: z.coerce
    .number()
    .int()
    .min(1)
    .default(3)
    .describe(
      'entities of a connection of which reads must agree against the record before its epoch is raised; all of them where it has fewer',
    ),
  ROOMWIRE_EPOCH_CONFIRM_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(300_000)
    .describe(
      'milliseconds between two reads of an entity that agree; at least twice the provider’s read lag. Reads behind by less are never believed',
    ),
  ROOMWIRE_EPOCH_RAISE_EVERY_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(3_600_000)
    .describe('milliseconds between two epochs that are raised so of one connection; before, only a notice'),
  ROOMWIRE_FAULT_PAUSE_BEFORE_ANNOUNCE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('test knob: milliseconds between writing a record and announcing it'),
  ROOMWIRE_FAULT_HANG_PIPELINE: pipeline
    .optional()
    .describe('test knob: a pipeline whose events are never answered, to see that the others do not wait for them'),
};
