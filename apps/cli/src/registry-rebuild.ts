import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { rebuildKey, rebuildWish, tenant as tenantSchema, type RebuildWish } from '@roomwire/events';
import { Bus, KvTable, type NatsConnection } from '@roomwire/jetstream';
import { audit, byOf } from './audit.ts';
import { Failure } from './core/failure.ts';
import type { Session } from './session.ts';
import { noTenant } from './tenant.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type AskRebuild = { tenant: string; reason?: string; by?: string; json?: boolean };

/** A registry looks every second; a large tenant's records take a minute. */
const TAKEN_UP_MS = 15_000;
const WAIT_MS = 300_000;
const LOOK_EVERY_MS = 250;

/**
 * Has a registry fill Redis with a tenant's STATE once more, as after a loss: the tenant's events wait meanwhile, its webhooks are taken.
 * Nothing is taken out of Redis, and what is told twice changes nothing, so that it may be asked for at any time.
 */
export async function rebuildRegistry({ nc }: Session, options: AskRebuild, terminal: Terminal): Promise<void> {
  const { tenant, reason } = options;
  await allTenants(nc);
  await answering(() => requireActive(nc, tenant));
  const ask = randomUUID();
  const wishes = await KvTable.open(nc, 'catalog', rebuildWish, { filter: rebuildKey(tenant) });
  try {
    await answering(async () => {
      await audit(new Bus(nc), tenant, 'registry', {
        action: 'rebuild',
        by: byOf(options, terminal),
        ...(reason ? { reason } : {}),
      });
      await wishes.put(rebuildKey(tenant), { ask, state: 'asked' });
    });
    const of = ({ ask: whose, state }: RebuildWish, wanted: RebuildWish['state'][]): boolean =>
      whose === ask && wanted.includes(state);
    if (!(await told(wishes, tenant, TAKEN_UP_MS, (wish) => of(wish, ['begun', 'done']))))
      throw new Failure('unavailable', `no registry has taken it up within ${TAKEN_UP_MS / 1000} s`, [
        'is one running, and its /readyz green? It takes it up when it is',
      ]);
    terminal.err(`${tenant}: being filled from STATE\n`);
    if (!(await told(wishes, tenant, WAIT_MS, (wish) => of(wish, ['done']))))
      throw new Failure('unavailable', `not done within ${WAIT_MS / 1000} s`, [
        'roomwire_rebuild_remaining says how much is left',
      ]);
  } finally {
    await wishes.close();
  }
  terminal.out(
    options.json ? `${JSON.stringify({ tenant, rebuilt: true })}\n` : `${tenant}: Redis holds again what STATE does\n`,
  );
}

async function requireActive(nc: NatsConnection, id: string): Promise<void> {
  const tenants = await KvTable.open(nc, 'tenants', tenantSchema);
  const held = await tenants.fromLeader(id).finally(() => tenants.close());
  if (!held) throw noTenant(id);
  if (held.status !== 'active')
    throw new Failure('refused', `${id} is paused: no registry works on it`, [`roomwire tenant resume ${id}`]);
}

async function told(
  wishes: KvTable<RebuildWish>,
  tenant: string,
  withinMs: number,
  isIt: (wish: RebuildWish) => boolean,
): Promise<boolean> {
  for (const until = performance.now() + withinMs; performance.now() < until; await sleep(LOOK_EVERY_MS)) {
    const wish = wishes.get(rebuildKey(tenant));
    if (wish && isIt(wish)) return true;
  }
  return false;
}
