import { conflictChange, conflictId, filterOf, review, reviewKey, sidesHash, type Review } from '@roomwire/events';
import { Bus, KvTable, streamOf } from '@roomwire/jetstream';
import { audit, byOf } from './audit.ts';
import { conflictsText, conflictText, isWanted, type ConflictFilter, type Shown } from './core/conflict-view.ts';
import { Failure } from './core/failure.ts';
import type { Session } from './session.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type ListConflicts = ConflictFilter & { tenant?: string; json?: boolean };

/** Oldest first in each tenant. */
export async function listConflicts({ nc }: Session, options: ListConflicts, terminal: Terminal): Promise<void> {
  const tenants = options.tenant === undefined ? await allTenants(nc) : [options.tenant];
  const bus = new Bus(nc);
  const found = await answering(() => Promise.all(tenants.map((tenant) => conflictsOf(bus, tenant))));
  const conflicts = found.flatMap((each) => each.filter((conflict) => isWanted(conflict, options)).toSorted(bySince));
  if (options.json) return terminal.out(`${JSON.stringify({ conflicts })}\n`);
  terminal.out(conflicts.length > 0 ? `${conflictsText(conflicts, terminal.now())}\n` : 'no open conflicts\n');
}

export async function showConflict(
  { nc }: Session,
  name: string,
  options: { json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const conflict = await theConflict(new Bus(nc), name);
  terminal.out(options.json ? `${JSON.stringify(conflict)}\n` : `${conflictText(conflict)}\n`);
}

export type Decision = { reason: string; by?: string; json?: boolean };

/** Holds until a side of the conflict changes; the registry takes it up within seconds. */
export async function dismissConflict({ nc }: Session, name: string, options: Decision, terminal: Terminal): Promise<void> {
  const bus = new Bus(nc);
  const { tenant, id, place, sides, status } = await theConflict(bus, name);
  if (status === 'resolved') throw new Failure('refused', `${name} is over: there is nothing to dismiss`);
  const decision: Review = {
    ...{ conflict: id, place, choice: 'dismissed', sides: sidesHash(sides) },
    ...{ by: byOf(options, terminal), at: new Date(terminal.now()).toISOString(), reason: options.reason },
  };
  await answering(async () => {
    await audit(bus, tenant, 'review', { action: 'dismiss', ...decision });
    const table = await reviewsOf(nc, tenant);
    await table.put(reviewKey(tenant, place, id), decision);
    await table.close();
  });
  terminal.out(
    options.json ? `${JSON.stringify({ tenant, ...decision })}\n` : `dismissed ${name}, until one of its sides changes\n`,
  );
}

/** Takes a dismissal back. */
export async function reopenConflict({ nc }: Session, name: string, options: Decision, terminal: Terminal): Promise<void> {
  const bus = new Bus(nc);
  const { tenant, id, place } = await theConflict(bus, name);
  const key = reviewKey(tenant, place, id);
  await answering(async () => {
    const table = await reviewsOf(nc, tenant);
    const decided = await table.fromLeader(key);
    if (!decided) throw new Failure('refused', `${name} was not dismissed`);
    const by = byOf(options, terminal);
    await audit(bus, tenant, 'review', { action: 'reopen', conflict: id, place, by, reason: options.reason });
    await table.remove(key);
    await table.close();
  });
  terminal.out(options.json ? `${JSON.stringify({ tenant, conflict: id })}\n` : `reopened ${name}\n`);
}

const reviewsOf = (nc: Session['nc'], tenant: string) => KvTable.open(nc, 'catalog', review, { filter: `${tenant}.review.*.*` });

async function theConflict(bus: Bus, name: string): Promise<Shown> {
  const [tenant, id, ...rest] = name.split(':');
  if (!tenant || !conflictId.safeParse(id).success || rest.length)
    throw new Failure('usage', `not the id of a conflict: ${JSON.stringify(name)}`, [
      '`roomwire review ls` prints ids, like acme:c-0123456789ab',
    ]);
  const found = (await answering(() => conflictsOf(bus, tenant))).find((conflict) => conflict.id === id);
  if (!found)
    throw new Failure('not-found', `there is no conflict ${name}`, ['`roomwire review ls --all` shows those that there were']);
  return found;
}

/** What STATE holds last of each. */
async function conflictsOf(bus: Bus, tenant: string): Promise<Shown[]> {
  const found = new Map<string, Shown>();
  for (let seq = 1; ;) {
    const next = await bus.nextOn(streamOf('STATE', tenant), filterOf(tenant, 'change', 'conflict'), seq);
    if (!next) return [...found.values()];
    const { data, revision } = conflictChange.parse(JSON.parse(new TextDecoder().decode(next.data)));
    found.set(next.subject, { tenant, revision, ...data });
    seq = next.seq + 1;
  }
}

const bySince = (a: Shown, b: Shown): number => (a.since < b.since ? -1 : a.since > b.since ? 1 : a.id < b.id ? -1 : 1);
