import { randomBytes, randomUUID } from 'node:crypto';
import { AuditTrail, type Bus, type NatsConnection } from '@roomwire/jetstream';
import type { Terminal } from './terminal.ts';

/** Their user of NATS, who alone may write to this part of the trail. */
export const OPERATOR = 'operator';

/** Who decides: all operators share one user of NATS. */
export const byOf = ({ by }: { by?: string }, { env }: Pick<Terminal, 'env'>): string =>
  by ?? env['USER'] ?? env['NATS_USER'] ?? OPERATOR;

/** Each command is a writer of its own: of two operators neither waits for the other. */
const trails = new WeakMap<NatsConnection, AuditTrail>();

/**
 * First what is done is written down, then it is done: nothing happens that nobody said. In the installation's trail, whose entries carry
 * the hash of the one before (docs/adr/0018): LOG of the tenant can be emptied, and forgets within days. @throws {BusError}
 */
export async function audit(bus: Bus, tenant: string, topic: string, entry: Decided): Promise<void> {
  const { action, by, reason, connection, ...details } = entry;
  const trail = trails.get(bus.nc) ?? new AuditTrail(bus, OPERATOR, randomBytes(6).toString('hex'), Date.now);
  trails.set(bus.nc, trail);
  const known = { ...(reason === undefined ? {} : { reason }), ...(connection === undefined ? {} : { connection }) };
  await trail.append(
    { operation: `${topic} ${action}`, caller: OPERATOR, verdict: 'asked', tenant, by, ...known, details },
    randomUUID(),
  );
}

type Decided = { action: string; by: string; reason?: string | undefined; connection?: string | undefined } & Record<
  string,
  unknown
>;
