import { tenant } from '@roomwire/events';
import { BusError, KvTable, type NatsConnection } from '@roomwire/jetstream';
import { beforeLong } from './before-long.ts';
import { Failure } from './core/failure.ts';

const TENANTS_MS = 3_000;

/** Ids of all tenants of the installation, sorted. */
export async function allTenants(nc: NatsConnection): Promise<string[]> {
  // A table waits for a bucket that is not there yet: a person does not.
  const table = await beforeLong(TENANTS_MS, KvTable.open(nc, 'tenants', tenant)).catch(() => {
    throw new Failure('not-found', 'there are no tenants here', [
      '`roomwire provision <file>` makes them',
      'or NATS_URL names another installation',
    ]);
  });
  const ids = [...table.entries()].map(([id]) => id).sort();
  await table.close();
  return ids;
}

/** Says of a broker that does not answer, or has no such tenant, what can be done about it. */
export async function answering<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof BusError)) throw error;
    if (error.code === 'no-stream')
      throw new Failure('not-found', 'there is no such tenant', ['without --tenant all of them are looked at']);
    throw new Failure('unavailable', `NATS does not answer: ${error.message}`, [
      'is JetStream enabled, and is this the operator?',
    ]);
  }
}
