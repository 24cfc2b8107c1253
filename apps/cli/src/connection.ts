import {
  connection as connectionSchema,
  drain as drainSchema,
  reconciling as reconcilingSchema,
  reconcilingKey,
  type Connection,
  type Drain,
  type Reconciling,
} from '@roomwire/events';
import { Bus, KvTable } from '@roomwire/jetstream';
import { audit, byOf } from './audit.ts';
import { comparingText } from './core/comparing.ts';
import { Failure } from './core/failure.ts';
import { readingText } from './core/reading.ts';
import { table } from './core/table.ts';
import type { Session } from './session.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type ListConnections = { tenant?: string; json?: boolean };
export type ChangeConnection = { reason?: string; by?: string; json?: boolean };

/** Connections, where the reading of each of their lists stands, and how far they are compared with what is known. */
export async function listConnections({ nc }: Session, options: ListConnections, terminal: Terminal): Promise<void> {
  await allTenants(nc);
  const connections = await KvTable.open(nc, 'connections', connectionSchema);
  const drains = await KvTable.open(nc, 'sync', drainSchema, { filter: 'page.>' });
  const reconcilings = await KvTable.open(nc, 'sync', reconcilingSchema, { filter: 'reconcile.*' });
  const of = [...connections.entries()]
    .map(([, each]) => each)
    .filter(({ tenant }) => [tenant, undefined].includes(options.tenant));
  const lists = [...drains.entries()].map(([, each]) => each);
  await Promise.all([connections, drains, reconcilings].map((each) => each.close()));
  const found = of.sort(byTenantAndId).map((each) => ({
    connection: each,
    lists: lists.filter(({ connection, tenant }) => connection === each.id && tenant === each.tenant).sort(byListAndLane),
    comparing: reconcilings.get(reconcilingKey(each.id)) ?? null,
  }));
  if (options.json) return terminal.out(`${JSON.stringify({ connections: found })}\n`);
  if (found.length === 0) return terminal.out('no connections\n');
  const rows = found.flatMap((each): Row[] => rowsOf(each, terminal.now()));
  terminal.out(`${tableOf(rows)}\n`);
}

type Seen = { connection: Connection; lists: readonly Drain[]; comparing: Reconciling | null };
type Row = { connection: Connection; list: string; lane: string; stands: string };

function rowsOf({ connection, lists, comparing }: Seen, now: number): Row[] {
  const rows = lists.map((each) => ({ connection, list: each.list, lane: each.lane, stands: readingText(each, now) }));
  const all = comparing ? [{ connection, list: 'all', lane: 'compare', stands: comparingText(comparing, now) }] : [];
  return rows.length > 0 ? [...rows, ...all] : [{ connection, list: '', lane: '', stands: '' }];
}

function tableOf(rows: readonly Row[]): string {
  return table(rows, [
    { title: 'tenant', of: ({ connection }) => connection.tenant },
    { title: 'connection', of: ({ connection }) => connection.id },
    { title: 'provider', of: ({ connection }) => connection.provider },
    { title: 'status', of: ({ connection }) => connection.status },
    { title: 'list', of: ({ list }) => list },
    { title: 'lane', of: ({ lane }) => lane },
    { title: 'stands', of: ({ stands }) => stands },
  ]);
}

/** Paused, nothing is read for it, and what was to be read waits. A lapse is the vault's to end. */
export async function setConnectionStatus(
  { nc }: Session,
  id: string,
  status: 'active' | 'paused',
  options: ChangeConnection,
  terminal: Terminal,
): Promise<void> {
  await allTenants(nc);
  const connections = await KvTable.open(nc, 'connections', connectionSchema);
  const changed = await answering(async () => {
    const held = await connections.entryFromLeader(id);
    if (!held?.value) throw noConnection(id);
    if (held.value.status === status) return false;
    if (held.value.status === 'lapsed')
      throw new Failure('refused', `${id} has lapsed: nothing is read for it`, [`roomwire vault reauthorise ${id}`]);
    await tell(nc, held.value, status === 'paused' ? 'pause' : 'resume', options, terminal);
    if ((await connections.update(id, { ...held.value, status }, held.seq)) !== undefined) return true;
    throw changedMeanwhile(id);
  }).finally(() => connections.close());
  if (options.json) return terminal.out(`${JSON.stringify({ connection: id, status, changed })}\n`);
  terminal.out(`${id} is ${status}${changed ? '' : ' already'}\n`);
}

/** Everything is read once more, in the lowest lane. What is being read goes on. */
export async function backfill({ nc }: Session, id: string, options: ChangeConnection, terminal: Terminal): Promise<void> {
  await allTenants(nc);
  const connections = await KvTable.open(nc, 'connections', connectionSchema);
  const drains = await KvTable.open(nc, 'sync', drainSchema, { filter: 'page.>' });
  const lists = await answering(async () => {
    const held = await connections.fromLeader(id);
    if (!held) throw noConnection(id);
    await drains.catchUp();
    const mine = [...drains.entries()].filter(([, each]) => each.connection === id && isWhole(each));
    if (mine.length === 0)
      throw new Failure('refused', `no list of ${id} has been read yet`, [
        'the sync-worker begins by itself, as soon as it runs',
      ]);
    await tell(nc, held, 'backfill', options, terminal);
    const begun: string[] = [];
    for (const [key] of mine) if (await beginAgain(drains, key, terminal.now())) begun.push(drains.get(key)!.list);
    return begun.sort();
  }).finally(() => Promise.all([connections.close(), drains.close()]));
  if (options.json) return terminal.out(`${JSON.stringify({ connection: id, lists })}\n`);
  terminal.out(lists.length > 0 ? `${id}: everything is read again: ${lists.join(', ')}\n` : `${id}: everything is being read\n`);
}

/** The lane that reads everything: the backfill, or the poll of a list that can only be read whole. */
function isWhole({ lane, since }: Drain): boolean {
  return lane === 'backfill' || since === null;
}

async function beginAgain(drains: KvTable<Drain>, key: string, now: number): Promise<boolean> {
  for (;;) {
    const held = await drains.entryFromLeader(key);
    if (!held?.value || held.value.round) return false;
    if ((await drains.update(key, { ...held.value, dueAt: now, calendarsDueAt: 0 }, held.seq)) !== undefined) return true;
  }
}

async function tell(
  nc: Session['nc'],
  { id, tenant }: Connection,
  action: string,
  options: ChangeConnection,
  terminal: Terminal,
): Promise<void> {
  const reason = options.reason === undefined ? {} : { reason: options.reason };
  await audit(new Bus(nc), tenant, 'connection', { action, connection: id, by: byOf(options, terminal), ...reason });
}

function noConnection(id: string): Failure {
  return new Failure('not-found', `there is no connection ${JSON.stringify(id)}`, ['roomwire connection ls']);
}

function changedMeanwhile(id: string): Failure {
  return new Failure('refused', `somebody else changed the connection ${id} at the same time`, ['run it again']);
}

const byTenantAndId = (a: Connection, b: Connection): number => compare(`${a.tenant} ${a.id}`, `${b.tenant} ${b.id}`);
const byListAndLane = (a: Drain, b: Drain): number => compare(`${a.list} ${a.lane}`, `${b.list} ${b.lane}`);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
