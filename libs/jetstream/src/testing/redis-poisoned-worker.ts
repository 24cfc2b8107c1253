import { tenant } from '@roomwire/events';
import { createLog } from '@roomwire/telemetry';
import { Redis } from 'ioredis';
import { connectNats } from '../connect.ts';
import type { Delivery } from '../delivery.ts';
import { KvTable } from '../kv-table.ts';
import { redisLedger } from '../redis-ledger.ts';
import { JetStreamStrategy } from '../strategy.ts';
import { done } from '../verdict.ts';

/** Handles each message by telling it on stdout; one of them ends the process. Started by a spec: <nats url> <redis url>. */
const [, , servers = '', redisUrl = ''] = process.argv;
const nc = await connectNats({ servers, service: 'poisoned' });
const tenants = await KvTable.open(nc, 'tenants', tenant);
const strategy = new JetStreamStrategy({
  ...{ nc, service: 'poisoned', tenants, ledger: redisLedger(new Redis(redisUrl)), log: createLog('poisoned', 'silent') },
  keyOf: { 'normalizer-live': ({ seq }) => String(seq) },
});
const handle = async (delivery: Delivery): Promise<unknown> => {
  const { n, poison } = delivery.json() as { n: number; poison: boolean };
  // Not at once: those beside it are to be in hand.
  await new Promise((resolve) => setImmediate(resolve));
  if (poison) process.kill(process.pid, 'SIGKILL');
  process.stdout.write(`handled ${n}\n`);
  return done;
};
strategy.addHandler('normalizer-live', handle, true);
strategy.listen(() => undefined);
