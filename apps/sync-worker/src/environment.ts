import { LIVE_HEADROOM } from '@roomwire/rate';
import { z } from 'zod';

const seconds = (usual: number) => z.coerce.number().int().min(1).max(86_400).default(usual);
const days = (usual: number) => z.coerce.number().int().min(0).max(1_100).default(usual);

export const environment = {
  REDIS_URL: z.url().describe('Redis that holds the permits of calls to providers; maxmemory-policy must be noeviction'),
  EGRESS_ID: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'expected 1 to 64 of A-Z, a-z, 0-9, dot, dash and underscore')
    .default('default')
    .describe(
      'names the address from which this process calls providers: workers behind one address must have one name, others another',
    ),
  PERMIT_LIVE_HEADROOM: z.coerce
    .number()
    .min(0)
    .max(0.5)
    .default(LIVE_HEADROOM)
    .describe(
      'part of each limit of a provider that polls and backfills leave free for what a webhook waits for; the same in all workers',
    ),
  POLLING: z
    .enum(['on', 'off'])
    .default('on')
    .describe('`off`: this process begins no polls and no backfills; it still reads the pages that others ask for'),
  POLL_LEAST_SECONDS: seconds(60).describe(
    'least time between two polls of what changed at a provider; a list that can only be read whole takes ten times as long',
  ),
  POLL_MOST_SECONDS: seconds(900).describe('most time between two such polls, reached while nothing changes'),
  POLL_DAYS_BEFORE: days(7).describe('how many days back the nights lie that polls and backfills ask for'),
  POLL_DAYS_AFTER: days(365).describe('how many days ahead those nights lie'),
};
