import { BusError, readAll, type NatsConnection } from '@roomwire/jetstream';
import { AUDIT_STREAM, AuditVerifier, type AuditEntry } from '@roomwire/vault-client';
import { Failure } from './core/failure.ts';
import { table } from './core/table.ts';
import type { Session } from './session.ts';
import { answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type ListAudit = {
  tenant?: string;
  connection?: string;
  verdict?: string;
  limit: number;
  verify?: boolean;
  json?: boolean;
};
type Line = AuditEntry & { seq: number; writer: string };

/** The vault's trail. All of it is read and looked over each time; `verify` tells what was found, and fails where it is not whole. */
export async function listAudit({ nc }: Session, options: ListAudit, terminal: Terminal): Promise<void> {
  const { verifier, lines } = await answering(() => read(nc, options));
  if (options.verify) return verdict(verifier, options, terminal);
  if (options.json) return terminal.out(`${JSON.stringify(lines)}\n`);
  terminal.out(`${tableOf(lines)}\n`);
  if (verifier.findings.length) terminal.err('the trail is not whole: roomwire vault audit --verify\n');
}

async function read(nc: NatsConnection, options: ListAudit): Promise<{ verifier: AuditVerifier; lines: Line[] }> {
  const lines: Line[] = [];
  let verifier: AuditVerifier | undefined;
  for await (const { seq, subject, data } of entriesOf(nc)) {
    verifier ??= new AuditVerifier(seq);
    const entry = verifier.take({ seq, subject, data });
    if (entry && isWanted(entry, options)) lines.push({ ...entry, seq, writer: subject.split('.').slice(1).join('.') });
    if (lines.length > options.limit) lines.shift();
  }
  return { verifier: verifier ?? new AuditVerifier(1), lines };
}

async function* entriesOf(nc: NatsConnection): ReturnType<typeof readAll> {
  try {
    yield* readAll(nc, AUDIT_STREAM, 'audit.>');
  } catch (error) {
    if (error instanceof BusError && error.code === 'no-stream')
      throw new Failure('not-found', 'there is no audit trail here', ['`roomwire provision <file>` makes it']);
    throw error;
  }
}

const isWanted = (entry: AuditEntry, { tenant, connection, verdict }: ListAudit): boolean =>
  (tenant === undefined || entry.tenant === tenant) &&
  (connection === undefined || entry.connection === connection || (entry.counts ?? {})[connection] !== undefined) &&
  (verdict === undefined || entry.verdict === verdict);

function tableOf(lines: readonly Line[]): string {
  return table(lines, [
    { title: 'seq', of: ({ seq }) => seq },
    { title: 'at', of: ({ at, minute }) => minute ?? at },
    { title: 'caller', of: ({ caller }) => caller },
    { title: 'operation', of: ({ operation }) => operation },
    { title: 'verdict', of: ({ verdict, code }) => (code ? `${verdict}: ${code}` : verdict) },
    { title: 'tenant', of: ({ tenant }) => tenant ?? '' },
    { title: 'about', of: ({ connection, key, counts }) => connection ?? key ?? countsOf(counts) },
    { title: 'by', of: ({ by, reason }) => [by, reason].filter(Boolean).join(': ') },
  ]);
}

const countsOf = (counts: Record<string, number> = {}): string =>
  Object.entries(counts)
    .map(([connection, count]) => `${connection} ×${count}`)
    .join(', ');

function verdict({ findings, entries, heads }: AuditVerifier, { json }: ListAudit, terminal: Terminal): void {
  const newest = [...heads].map(([writer, head]) => ({ writer, ...head })).sort((a, b) => a.seq - b.seq);
  if (json) terminal.out(`${JSON.stringify({ entries, findings, heads: newest })}\n`);
  else if (!findings.length) {
    const last = newest.at(-1);
    const kept = last ? `; the newest is ${last.seq}, ${last.hash}: kept elsewhere, it vouches for all before it` : '';
    terminal.out(`${entries} entries of ${newest.length} writers, as they were written${kept}\n`);
  }
  if (findings.length)
    throw new Failure(
      'refused',
      'the trail is not as it was written',
      findings.map(({ seq, writer, problem }) => `entry ${seq} of ${writer} ${problem}`),
    );
}
