import { randomUUID } from 'node:crypto';
import { erasure as erasureSchema, erasureKey } from '@roomwire/events';
import { KvTable, type NatsConnection } from '@roomwire/jetstream';
import { Failure } from './core/failure.ts';

const ANSWER_MS = 30_000;
const ROUNDS_MAX = 10;

/**
 * Has the registry empty Redis of the tenant, until it finds nothing: a command of an operator has no business in the services'
 * memory, and no way there. The asking stays where nobody answers; a registry that starts later answers it.
 */
export async function askRegistry(nc: NatsConnection, tenant: string, tell: (what: string) => void): Promise<void> {
  const key = erasureKey(tenant);
  const table = await KvTable.open(nc, 'catalog', erasureSchema, { filter: key });
  try {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const ask = randomUUID();
      const [removed] = await Promise.all([answerTo(table, key, ask), table.put(key, { ask, removed: null })]);
      tell(`${removed} keys removed from Redis`);
      if (removed === 0) return;
    }
  } finally {
    await table.close();
  }
  throw new Failure('refused', `${tenant}: Redis is written for it all the time`, [
    'is a service running with an older release?',
  ]);
}

function answerTo(table: KvTable<{ ask: string; removed: number | null }>, key: string, ask: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      stop();
    };
    const timer = setTimeout(() => {
      end();
      reject(
        new Failure('unavailable', 'no registry answers: Redis may still hold something of the tenant', [
          'is it running? Then run this again: it goes on from here',
        ]),
      );
    }, ANSWER_MS);
    const stop = table.onChange((changed, value) => {
      if (changed !== key || value?.ask !== ask || value.removed === null) return;
      end();
      resolve(value.removed);
    });
  });
}
