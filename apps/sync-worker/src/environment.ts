import { EGRESS_ID } from '@roomwire/chassis';
import { LIVE_HEADROOM } from '@roomwire/rate';
import { z } from 'zod';
import type { Of } from './breakers.ts';
import type { BreakerRules } from './core/breaker.ts';
import type { Bounds } from './reconcile/core/bounds.ts';

const MINUTE_MS = 60_000;
const seconds = (usual: number) => z.coerce.number().int().min(1).max(86_400).default(usual);
const minutes = (usual: number) => z.coerce.number().min(0.01).max(10_080).default(usual);
const days = (usual: number) => z.coerce.number().int().min(0).max(1_100).default(usual);

export const environment = {
  REDIS_URL: z.url().describe('Redis that holds the permits of calls to providers; maxmemory-policy must be noeviction'),
  EGRESS_ID,
  PERMIT_LIVE_HEADROOM: z.coerce
    .number()
    .min(0)
    .max(0.5)
    .default(LIVE_HEADROOM)
    .describe(
      'part of each limit of a provider that polls and backfills leave free for what a webhook waits for; the same in all workers',
    ),
  BREAKER_FAILURES: z.coerce
    .number()
    .int()
    .min(2)
    .max(1_000)
    .default(5)
    .describe(
      'calls of one account in a row that fail (5xx, no answer, no connection) before this process asks it no more for a while',
    ),
  BREAKER_ACCOUNTS: z.coerce
    .number()
    .int()
    .min(2)
    .max(1_000)
    .default(3)
    .describe('accounts at one address of a provider that fail so, none answered in between, before nobody is asked there'),
  BREAKER_LEAST_SECONDS: seconds(5).describe(
    'first such pause; each one that follows without an answer between is twice as long',
  ),
  BREAKER_MOST_SECONDS: seconds(60).describe('longest such pause; then one call is made to see'),
  POLLING: z
    .enum(['on', 'off'])
    .default('on')
    .describe('`off`: this process begins no polls and no backfills; it still reads the pages that others ask for'),
  CLOSING: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      '`off`: this process closes no linked unit elsewhere when it is booked; it still tells providers what others order',
    ),
  SOCKETS: z
    .enum(['on', 'off'])
    .default('on')
    .describe('`off`: this process listens to no provider’s socket (Mews); webhooks and polls bring the same, later'),
  POLL_LEAST_SECONDS: seconds(60).describe(
    'least time between two polls of what changed at a provider; a list that can only be read whole takes ten times as long',
  ),
  POLL_MOST_SECONDS: seconds(900).describe('most time between two such polls, reached while nothing changes'),
  POLL_CALENDARS_SECONDS: seconds(21_600).describe(
    'time between two reads of all calendars, which cost a call for each unit type at some providers; what is hinted is read at once',
  ),
  WEBHOOK_BASE_URL: z
    .url()
    .optional()
    .describe(
      'where providers reach the gateways, as in `https://hooks.example.com`: webhooks are kept registered there where a provider has an API for it. Without it people register them',
    ),
  WEBHOOK_PAST_BASE_URLS: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((url) => url.trim() || []))
    .pipe(z.array(z.url()))
    .describe('addresses that it had before, separated by commas: registrations there are ours, and moved'),
  WEBHOOK_CHECK_SECONDS: seconds(300).describe(
    'time between two looks at a registration; a minute while polls find what no webhook told',
  ),
  RECONCILING: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      '`off`: this process begins no comparison of what providers list with what is known; it still does what others ask for',
    ),
  RECONCILE_SHARE: z.coerce
    .number()
    .min(0.01)
    .max(0.5)
    .default(0.1)
    .describe('part of each limit of a provider that comparing may use, of each connection; permits keep it behind polls'),
  RECONCILE_FOUND_MINUTES: minutes(60).describe(
    'how long what differs may stand until it is found: everything is compared twice in that time, as far as the calls suffice',
  ),
  RECONCILE_REPAIRED_MINUTES: minutes(15).describe(
    'how long it may stand from then until it is repaired, before a notice says so',
  ),
  POLL_DAYS_BEFORE: days(7).describe('how many days back the nights lie that polls and backfills ask for'),
  POLL_DAYS_AFTER: days(365).describe('how many days ahead those nights lie'),
};

type Settings = Record<'BREAKER_FAILURES' | 'BREAKER_ACCOUNTS' | 'BREAKER_LEAST_SECONDS' | 'BREAKER_MOST_SECONDS', number>;

export function rulesOf(env: Settings): Record<Of, BreakerRules> {
  const pauses = { leastMs: env.BREAKER_LEAST_SECONDS * 1_000, mostMs: env.BREAKER_MOST_SECONDS * 1_000 };
  return {
    account: { ...pauses, failuresMost: env.BREAKER_FAILURES },
    address: { ...pauses, failuresMost: env.BREAKER_ACCOUNTS },
  };
}

type Comparing = Record<'RECONCILE_SHARE' | 'RECONCILE_FOUND_MINUTES' | 'RECONCILE_REPAIRED_MINUTES', number>;

export function comparingOf(env: Comparing): { share: number; bounds: Bounds } {
  const bounds = { foundMs: env.RECONCILE_FOUND_MINUTES * MINUTE_MS, repairedMs: env.RECONCILE_REPAIRED_MINUTES * MINUTE_MS };
  return { share: env.RECONCILE_SHARE, bounds };
}
