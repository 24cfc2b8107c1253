import { connection as connectionSchema, filterOf, tenant as tenantSchema, tenantId } from '@roomwire/events';
import {
  auditEntry,
  auditSubject,
  Bus,
  KvTable,
  listDeadLetters,
  readState,
  streamOf,
  type NatsConnection,
  type StoredMessage,
} from '@roomwire/jetstream';
import { OPERATOR } from './audit.ts';
import { auditEntries } from './audit-verify.ts';
import { Failure } from './core/failure.ts';
import { shownLetter } from './core/letter-view.ts';
import { maskSecrets } from './core/mask.ts';
import { ExportLines, type Sink } from './export-lines.ts';
import type { Session } from './session.ts';
import { noTenant } from './tenant.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

const TELL_EVERY = 1_000;

/**
 * Everything that is held of a tenant, as it is while it is read: not one instant's picture, unless the tenant is paused. No secrets:
 * tokens and what stands under a secret's name are masked, and the vault is not asked. Messages that are on their way are not in it.
 */
export async function exportTenant({ nc }: Session, id: string, { out }: { out: string }, terminal: Terminal): Promise<void> {
  if (!tenantId.safeParse(id).success) throw noTenant(id);
  await allTenants(nc);
  const bus = new Bus(nc);
  await answering(async () => {
    const entry = await entryOf(nc, id);
    const lines = new ExportLines(await sinkOf(out, terminal));
    await lines.header({ roomwire: 'tenant-export', version: 1, tenant: id, at: new Date(terminal.now()).toISOString() });
    const write = async (of: string, fields: Record<string, unknown>): Promise<void> => {
      const count = await lines.entry(of, fields);
      if (count % TELL_EVERY === 0) terminal.err(`${of}: ${count}\n`);
    };
    await write('tenant', { data: maskSecrets(entry) });
    for (const connection of await connectionsOf(nc, id)) await write('connection', { data: maskSecrets(connection) });
    for await (const message of messagesOn(bus, 'KV_catalog', `$KV.catalog.${id}.>`))
      if (message.data.length > 0) await write('catalog', shown(message));
    await eachOfState(nc, id, (message) => write('state', shown(message)));
    for await (const letter of listDeadLetters(bus, id, Infinity)) await write('dead-letter', { data: shownLetter(letter) });
    for (const family of ['notice', 'audit'] as const)
      for await (const message of messagesOn(bus, streamOf('LOG', id), filterOf(id, family))) await write(family, shown(message));
    for await (const message of auditEntries(nc)) if (isCommandFor(id, message)) await write('audit', shown(message));
    const { counts, sha256 } = await lines.trailer();
    const told = Object.entries(counts).map(([of, count]) => `${count} ${of}`);
    terminal.err(`${id}: ${told.join(', ')}; sha256 ${sha256}\n`);
  });
}

async function sinkOf(out: string, terminal: Terminal): Promise<Sink> {
  if (out === '-') return { write: async (text) => terminal.out(text), close: () => Promise.resolve() };
  return terminal.createFile(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new Failure('usage', `${out} is there already: it is not written over`);
    throw new Failure('usage', `cannot write ${out} (${error.code ?? error.name})`);
  });
}

async function entryOf(nc: NatsConnection, id: string): Promise<unknown> {
  const tenants = await KvTable.open(nc, 'tenants', tenantSchema);
  try {
    const entry = await tenants.fromLeader(id);
    if (!entry) throw noTenant(id);
    return entry;
  } finally {
    await tenants.close();
  }
}

export async function connectionsOf(nc: NatsConnection, tenant: string) {
  const table = await KvTable.open(nc, 'connections', connectionSchema);
  const found = [...table.entries()].map(([, connection]) => connection).filter((connection) => connection.tenant === tenant);
  await table.close();
  return found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Oldest first, by one request each. */
export async function* messagesOn(bus: Bus, stream: string, filter: string): AsyncGenerator<StoredMessage> {
  for (let seq = 1; ;) {
    const next = await bus.nextOn(stream, filter, seq);
    if (!next) return;
    yield next;
    seq = next.seq + 1;
  }
}

/** The last message of every subject. */
function eachOfState(nc: NatsConnection, tenant: string, take: (message: StoredMessage) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void =>
      void reader.stop().finally(() => reject(error instanceof Error ? error : new Error(String(error))));
    const reader = readState(nc, tenant, {
      onMessage: (message) => take(message).catch(fail),
      onCaughtUp: () => void reader.stop().then(resolve),
      onReset: (reason) => fail(new Failure('unavailable', `STATE could not be read to its end: ${reason}`)),
    });
  });
}

function shown({ subject, seq, time, data }: StoredMessage): Record<string, unknown> {
  return { subject, seq, time: time.toISOString(), data: maskSecrets(jsonOf(data)) };
}

/** What operators did to a tenant; of the vault's part of the trail it is lines of the installation's. */
function isCommandFor(tenant: string, { subject, data }: StoredMessage): boolean {
  return subject.startsWith(auditSubject(OPERATOR, '')) && auditEntry.safeParse(jsonOf(data)).data?.tenant === tenant;
}

function jsonOf(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return null;
  }
}
