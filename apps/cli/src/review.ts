import { reviewKey, sideName, type Review } from '@roomwire/events';
import { Bus } from '@roomwire/jetstream';
import { audit, byOf } from './audit.ts';
import { conflictsOf, decide, decided, reviewed, reviewsOf, theConflict, type Decision } from './conflicts.ts';
import { chosenSide, conflictsText, conflictText, isWanted, type ConflictFilter, type Shown } from './core/conflict-view.ts';
import { Failure } from './core/failure.ts';
import { refusedText, summaryOf } from './core/letter-view.ts';
import { refusedPushes } from './refused-pushes.ts';
import type { Session } from './session.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type ListConflicts = ConflictFilter & { tenant?: string; json?: boolean };

/** Refused pushes of a tenant that are listed; `roomwire dlq ls --stage push` goes on. */
const PUSHES_MAX = 50;

/** What waits for somebody: conflicts, and orders that no provider has taken. Oldest first in each tenant. */
export async function listConflicts({ nc }: Session, options: ListConflicts, terminal: Terminal): Promise<void> {
  const tenants = options.tenant === undefined ? await allTenants(nc) : [options.tenant];
  const bus = new Bus(nc);
  const found = await answering(() => Promise.all(tenants.map((tenant) => conflictsOf(bus, tenant))));
  const conflicts = found.flatMap((each) => each.filter((conflict) => isWanted(conflict, options)).toSorted(bySince));
  // Of an order the provider's ids are known, not our door.
  const isOfPlace = options.property !== undefined || options.unit !== undefined;
  const pushes = isOfPlace
    ? []
    : (await answering(() => Promise.all(tenants.map((tenant) => refusedPushes(nc, tenant, PUSHES_MAX))))).flat();
  if (options.json) return terminal.out(`${JSON.stringify({ conflicts, refusedPushes: pushes.map(summaryOf) })}\n`);
  terminal.out(conflicts.length > 0 ? `${conflictsText(conflicts, terminal.now())}\n` : 'no open conflicts\n');
  if (pushes.length === 0) return isOfPlace ? undefined : terminal.out('no refused pushes\n');
  terminal.out(`\n${refusedText(pushes, terminal.now())}\n`);
  terminal.err('of each push: `roomwire dlq show <push>`, then `roomwire dlq replay <push>` or `roomwire dlq drop <push>`\n');
}

export async function showConflict(
  { nc }: Session,
  name: string,
  options: { json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const conflict = await theConflict(new Bus(nc), name);
  const review = await decided(nc, conflict);
  if (options.json) return terminal.out(`${JSON.stringify({ ...conflict, review: review ?? null })}\n`);
  terminal.out(`${conflictText(conflict, review)}\n`);
}

/** Holds until a side of the conflict changes; the registry takes it up within seconds. */
export async function dismissConflict({ nc }: Session, name: string, options: Decision, terminal: Terminal): Promise<void> {
  const conflict = await theConflict(new Bus(nc), name);
  if (conflict.status === 'resolved') throw new Failure('refused', `${name} is over: there is nothing to dismiss`);
  const decision: Review = { ...reviewed(conflict, options, terminal), choice: 'dismissed' };
  await decide(nc, conflict, 'dismiss', decision);
  terminal.out(
    options.json
      ? `${JSON.stringify({ tenant: conflict.tenant, ...decision })}\n`
      : `dismissed ${name}, until one of its sides changes\n`,
  );
}

/** The same of a side that counts. Nothing is written to a provider. */
export async function chooseSide(
  { nc }: Session,
  [name, side]: readonly [string, string],
  options: Decision,
  terminal: Terminal,
): Promise<void> {
  const conflict = await theConflict(new Bus(nc), name);
  if (conflict.status === 'resolved') throw new Failure('refused', `${name} is over: there is nothing to choose`);
  const chosen = chosenSide(conflict, side);
  const decision: Review = { ...reviewed(conflict, options, terminal), choice: 'chosen', chosen };
  await decide(nc, conflict, 'choose', decision);
  terminal.out(
    options.json
      ? `${JSON.stringify({ tenant: conflict.tenant, ...decision })}\n`
      : `chose ${sideName(chosen)} in ${name}, until one of its sides changes\n`,
  );
}

/** Takes a decision back. */
export async function reopenConflict({ nc }: Session, name: string, options: Decision, terminal: Terminal): Promise<void> {
  const bus = new Bus(nc);
  const conflict = await theConflict(bus, name);
  const { tenant, id, place } = conflict;
  if (!(await decided(nc, conflict))) throw new Failure('refused', `nobody has decided ${name}`);
  await answering(async () => {
    const by = byOf(options, terminal);
    await audit(bus, tenant, 'review', { action: 'reopen', conflict: id, place, by, reason: options.reason });
    const table = await reviewsOf(nc, tenant);
    await table.remove(reviewKey(tenant, place, id));
    await table.close();
  });
  terminal.out(options.json ? `${JSON.stringify({ tenant, conflict: id })}\n` : `reopened ${name}\n`);
}

const bySince = (a: Shown, b: Shown): number => (a.since < b.since ? -1 : a.since > b.since ? 1 : a.id < b.id ? -1 : 1);
