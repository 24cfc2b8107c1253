import { conflictChange, conflictId, filterOf, review, reviewKey, sidesHash, type Review } from '@roomwire/events';
import { Bus, KvTable, readAll, streamOf, type StoredMessage } from '@roomwire/jetstream';
import { audit, byOf } from './audit.ts';
import type { Shown } from './core/conflict-view.ts';
import { Failure } from './core/failure.ts';
import type { Session } from './session.ts';
import { answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

/** @throws {Failure} usage, not-found, unavailable */
export async function theConflict(bus: Bus, name: string): Promise<Shown> {
  const [tenant, id, ...rest] = name.split(':');
  if (!tenant || !conflictId.safeParse(id).success || rest.length)
    throw new Failure('usage', `not the id of a conflict: ${JSON.stringify(name)}`, [
      '`roomwire review ls` prints ids, like acme:c-0123456789ab',
      ...(/^\d+$/.test(id ?? '') ? [`a push that was refused is a dead letter: roomwire dlq show ${name}`] : []),
    ]);
  const last = await answering(() => lastTold(bus, tenant, id!));
  if (!last)
    throw new Failure('not-found', `there is no conflict ${name}`, ['`roomwire review ls --all` shows those that there were']);
  return last;
}

/** What readers heard last of it. */
export async function lastTold(bus: Bus, tenant: string, id: string): Promise<Shown | undefined> {
  const last = await bus.lastOnLeader(streamOf('STATE', tenant), filterOf(tenant, 'change', 'conflict', '*', id));
  return last && shown(tenant, last);
}

/** What STATE holds last of each. */
export async function conflictsOf(bus: Bus, tenant: string): Promise<Shown[]> {
  const found = new Map<string, Shown>();
  for await (const message of readAll(bus.nc, streamOf('STATE', tenant), filterOf(tenant, 'change', 'conflict')))
    found.set(message.subject, shown(tenant, message));
  return [...found.values()];
}

function shown(tenant: string, message: StoredMessage): Shown {
  const { data, revision } = conflictChange.parse(JSON.parse(new TextDecoder().decode(message.data)));
  return { tenant, revision, ...data };
}

export type Decision = { reason: string; by?: string; json?: boolean };

/** Whatever is decided: of which conflict, by whom, why, and what its sides were. */
export function reviewed({ id, place, sides }: Shown, options: Decision, terminal: Terminal): Omit<Review, 'choice'> {
  return {
    ...{ conflict: id, place, sides: sidesHash(sides) },
    ...{ by: byOf(options, terminal), at: new Date(terminal.now()).toISOString(), reason: options.reason },
  };
}

/** First it is written down, then the registry learns of it. */
export async function decide(nc: Session['nc'], { tenant, id, place }: Shown, action: string, decision: Review): Promise<void> {
  await answering(async () => {
    await audit(new Bus(nc), tenant, 'review', { action, ...decision });
    const table = await reviewsOf(nc, tenant);
    await table.put(reviewKey(tenant, place, id), decision);
    await table.close();
  });
}

/** The decision that holds of the sides as they are; undefined: nobody has decided that. */
export async function decided(nc: Session['nc'], { tenant, id, place, sides }: Shown): Promise<Review | undefined> {
  const found = await answering(async () => {
    const table = await reviewsOf(nc, tenant);
    const entry = await table.fromLeader(reviewKey(tenant, place, id));
    await table.close();
    return entry;
  });
  return found && found.choice !== 'reread' && found.sides === sidesHash(sides) ? found : undefined;
}

export const reviewsOf = (nc: Session['nc'], tenant: string): Promise<KvTable<Review>> =>
  KvTable.open(nc, 'catalog', review, { filter: `${tenant}.review.*.*` });
