import { randomUUID } from 'node:crypto';
import { subjectOf } from '@roomwire/events';
import type { Bus } from '@roomwire/jetstream';
import type { Terminal } from './terminal.ts';

/** Who decides: all operators share one user of NATS. */
export const byOf = ({ by }: { by?: string }, { env }: Pick<Terminal, 'env'>): string =>
  by ?? env['USER'] ?? env['NATS_USER'] ?? 'operator';

/** First what is done is written down, then it is done: nothing happens that nobody said. */
export async function audit(bus: Bus, tenant: string, topic: string, entry: Record<string, unknown>): Promise<void> {
  const subject = subjectOf({ tenant, family: 'audit', topic });
  await bus.publish(subject, { ...entry, at: new Date().toISOString() }, { id: `audit:${randomUUID()}` });
}
