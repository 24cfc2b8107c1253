import { isGone, modifiedAtOf, type Connection, type Kind, type Reconciling } from '@roomwire/events';
import type { Bus } from '@roomwire/jetstream';
import type { PmsAdapter } from '@roomwire/pms-port';
import { announced, announcedNames } from '../announced.ts';
import { unlisted } from './core/difference.ts';
import type { Found, Pass } from './core/pass.ts';
import { isOutside, isOver, isTracked } from './core/scope.ts';
import { markOf } from './core/seen.ts';
import type { SeenPages } from './seen-pages.ts';

export type UnlistedParts = {
  bus: Pick<Bus, 'lastOnLeader' | 'subjectsOn'>;
  seen: Pick<SeenPages, 'of'>;
};

/** So many are looked at together. */
const AT_ONCE = 50;

/**
 * What is known and no list told. Names are compared first, which costs a line each; only of those that nobody saw the record is looked
 * at. It is asked for by its id, and never taken for gone: some providers leave out what was cancelled.
 */
export async function findUnlisted(
  parts: UnlistedParts,
  adapter: PmsAdapter,
  connection: Connection,
  held: Reconciling,
): Promise<Found[]> {
  const pass = held.pass!;
  const seen = await parts.seen.of(connection.id, pass);
  const found: Found[] = [];
  for (const kind of kindsOf(adapter, pass)) {
    const of = { tenant: connection.tenant, connection: connection.id, kind };
    const names = (await announcedNames(parts.bus, of)).filter((entity) => !seen.has(markOf(kind, entity)));
    for (let n = 0; n < names.length; n += AT_ONCE) {
      const some = names.slice(n, n + AT_ONCE);
      found.push(...(await Promise.all(some.map((entity) => lookAt(parts, connection, pass, { kind, entity })))).flat());
    }
  }
  return found;
}

async function lookAt(
  { bus }: UnlistedParts,
  { tenant, id, epoch }: Connection,
  { nights, startedAt }: Pass,
  { kind, entity }: { kind: Kind; entity: string },
): Promise<Found[]> {
  const record = await announced(bus, { tenant, connection: id, kind, entity });
  if (!record || isGone(record) || isOutside(record, nights) || isOver(record)) return [];
  // What was told or read while the lists were read may have come after its page.
  if (modifiedAtOf(record) / 1_000 >= startedAt) return [];
  return [{ kind, entity, difference: unlisted(record, epoch ?? 0) }];
}

/** Kinds of which every list that tells them was read to its end. */
function kindsOf({ capabilities, listings }: PmsAdapter, { unread }: Pass): Kind[] {
  const missed = listings!.lists.filter(({ name }) => unread.includes(name)).flatMap(({ kinds }) => kinds);
  const listed = new Set(listings!.lists.flatMap(({ kinds }) => kinds));
  return [...listed].filter((kind) => isTracked(kind, capabilities.reads) && !missed.includes(kind));
}
