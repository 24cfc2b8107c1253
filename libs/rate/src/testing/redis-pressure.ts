/** A worker under pressure, a process of its own: asks for permits without end, and calls as soon as it is granted one. */
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { LANES } from '../core/lanes.ts';
import { PermitStore } from '../permit-store.ts';
import { SEND_WITHIN_MS, type Permit, type Scope } from '../permits.ts';

export type Pressure = {
  redisUrl: string;
  providerUrl: string;
  /** By tenant: the scopes of its calls. */
  tenants: Record<string, Scope[]>;
  /** Of each lane and tenant in this process. */
  askers: number;
};

const { redisUrl, providerUrl, tenants, askers } = JSON.parse(process.argv[2]!) as Pressure;
const redis = new Redis(redisUrl, { maxRetriesPerRequest: 0, retryStrategy: () => 50 });
redis.on('error', () => undefined);
const permits = new PermitStore(redis, { firstUse: async (key) => (await fetch(`${providerUrl}/first/${key}`)).status === 200 });
let jobs = 0;

async function ask(tenant: string, lane: (typeof LANES)[number]): Promise<void> {
  const wanted = {
    provider: 'p',
    connection: tenant,
    tenant,
    lane,
    operation: 'read',
    scopes: tenants[tenant]!,
    patienceMs: 3_000,
  };
  for (;;) {
    const job = `${process.pid}-${++jobs}`;
    for (;;) {
      // Without Redis nobody can say: nothing is sent.
      const answer = await permits.acquire({ ...wanted, job, place: job }).catch(() => ({ kind: 'wait' as const, ms: 200 }));
      if (answer.kind === 'granted') {
        await call(tenant, answer.permit);
        break;
      }
      await once(AbortSignal.timeout(answer.ms), 'abort');
    }
  }
}

async function call(tenant: string, permit: Permit): Promise<void> {
  if (!permit.isGood()) return permit.release().catch(() => undefined);
  try {
    const response = await fetch(`${providerUrl}/call/${tenant}`, { signal: AbortSignal.timeout(SEND_WITHIN_MS) });
    await response.arrayBuffer();
    const told = (name: string): Record<string, number> => {
      const value = response.headers.get(name);
      return value === null ? {} : { [name]: Number(value) };
    };
    await permit.release({ ...told('cost'), ...told('remaining'), ...told('resetsInMs') });
  } catch {
    // Counted or not: the slot is kept until no answer can come.
  }
}

process.stdout.write('asking\n');
await Promise.all(
  Object.keys(tenants).flatMap((tenant) => LANES.flatMap((lane) => Array.from({ length: askers }, () => ask(tenant, lane)))),
);
