import type { TryResult } from './retry.ts';

export type Counts = Record<string, number>;

/** What an account was asked and told, for tests that want to know what really happened. */
export type Tally = {
  calls: { total: number; byRoute: Counts; byStatus: Counts };
  webhooks: WebhookTally;
  internalWebhooks: WebhookTally;
};

export type WebhookTally = {
  /** Deliveries that were put on their way; a duplicate is one of its own. */
  deliveries: number;
  /** Lost on purpose: a silent act, or the knob disableWebhooks. */
  suppressed: number;
  /** Requests made, retries included. */
  sent: number;
  answered: Counts;
  failed: { network: number; timeout: number };
  retried: number;
  givenUp: number;
  /** On their way or waiting for their next try. */
  pending: number;
};

const webhookTally = (): WebhookTally => ({
  ...{
    deliveries: 0,
    suppressed: 0,
    sent: 0,
    answered: {},
    failed: { network: 0, timeout: 0 },
    retried: 0,
    givenUp: 0,
    pending: 0,
  },
});

export const emptyTally = (): Tally => ({
  calls: { total: 0, byRoute: {}, byStatus: {} },
  webhooks: webhookTally(),
  internalWebhooks: webhookTally(),
});

const raise = (counts: Counts, key: string): void => void (counts[key] = (counts[key] ?? 0) + 1);

export function countCall({ calls }: Tally, route: string, status: number): void {
  calls.total += 1;
  raise(calls.byRoute, route);
  raise(calls.byStatus, String(status));
}

export function countTry(tally: WebhookTally, result: TryResult): void {
  tally.sent += 1;
  if ('status' in result) raise(tally.answered, String(result.status));
  else tally.failed[result.failure] += 1;
}
