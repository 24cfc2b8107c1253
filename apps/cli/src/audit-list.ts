import { filterOf } from '@roomwire/events';
import { AUDIT_STREAM, auditEntry, auditSubject, BusError, readAll, streamOf, type NatsConnection } from '@roomwire/jetstream';
import { OPERATOR } from './audit.ts';
import { commandOf, decisionOf, decisionsText, entryOf, type Entry } from './core/audit-view.ts';
import type { Session } from './session.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type ListDecisions = { tenant?: string; by?: string; limit: number; json?: boolean };

/** What people and services decided, of every tenant, by time: the newest so many. */
export async function listDecisions({ nc }: Session, options: ListDecisions, terminal: Terminal): Promise<void> {
  const tenants = options.tenant === undefined ? await allTenants(nc) : [options.tenant];
  const entries = await answering(async () => [
    ...(await Promise.all(tenants.map((each) => decisionsOf(nc, each)))).flat(),
    ...(await trailOf(nc, options.tenant)),
  ]);
  const wanted = entries.filter(({ by }) => options.by === undefined || by === options.by);
  const newest = wanted.sort((a, b) => (a.at < b.at ? -1 : 1)).slice(-options.limit);
  if (options.json) return terminal.out(`${JSON.stringify({ entries: newest, more: wanted.length > newest.length })}\n`);
  terminal.out(newest.length > 0 ? `${decisionsText(newest)}\n` : 'nobody has decided anything\n');
  if (wanted.length > newest.length) terminal.err(`there are ${wanted.length}: --limit shows more of them\n`);
}

/** What the registry decided by itself, and what releases before this one wrote there for operators. */
async function decisionsOf(nc: NatsConnection, tenant: string): Promise<Entry[]> {
  const found: Entry[] = [];
  for await (const { subject, data, time } of readAll(nc, streamOf('LOG', tenant), filterOf(tenant, 'audit')))
    found.push(decisionOf(tenant, subject.split('.').at(-1)!, JSON.parse(new TextDecoder().decode(data)), time));
  return found;
}

/** Leases are counted there by the minute: no decision of anybody's, `roomwire vault audit` shows them. */
async function trailOf(nc: NatsConnection, tenant: string | undefined): Promise<Entry[]> {
  const found: Entry[] = [];
  try {
    for await (const { subject, data } of readAll(nc, AUDIT_STREAM, 'audit.>')) {
      const told = auditEntry.safeParse(JSON.parse(new TextDecoder().decode(data))).data;
      if (!told || told.verdict === 'counted' || (tenant !== undefined && told.tenant !== tenant)) continue;
      found.push(subject.startsWith(auditSubject(OPERATOR, '')) ? commandOf(told) : entryOf(told));
    }
  } catch (error) {
    if (!(error instanceof BusError && error.code === 'no-stream')) throw error;
  }
  return found;
}
