import { auditSubject, AuditVerifier, type AuditEntry, type NatsConnection } from '@roomwire/jetstream';
import { auditEntries, verifyAudit } from './audit-verify.ts';
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

/** The vault's part of the trail. All of the trail is read and looked over each time; `verify` tells what was found, and fails where it is not whole. */
export async function listAudit(session: Session, options: ListAudit, terminal: Terminal): Promise<void> {
  if (options.verify) return verifyAudit(session, options, terminal);
  const { verifier, lines } = await answering(() => read(session.nc, options));
  if (options.json) return terminal.out(`${JSON.stringify(lines)}\n`);
  terminal.out(`${tableOf(lines)}\n`);
  if (verifier.findings.length) terminal.err('the trail is not whole: roomwire audit --verify\n');
}

async function read(nc: NatsConnection, options: ListAudit): Promise<{ verifier: AuditVerifier; lines: Line[] }> {
  const lines: Line[] = [];
  let verifier: AuditVerifier | undefined;
  for await (const { seq, subject, data } of auditEntries(nc)) {
    verifier ??= new AuditVerifier(seq);
    const entry = verifier.take({ seq, subject, data });
    const isVaults = subject.startsWith(auditSubject('token-vault', ''));
    if (entry && isVaults && isWanted(entry, options))
      lines.push({ ...entry, seq, writer: subject.split('.').slice(1).join('.') });
    if (lines.length > options.limit) lines.shift();
  }
  return { verifier: verifier ?? new AuditVerifier(1), lines };
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
