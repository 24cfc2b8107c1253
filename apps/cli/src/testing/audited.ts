import { AUDIT_STREAM, auditEntry, readAll, type AuditEntry, type NatsConnection } from '@roomwire/jetstream';

/** What operators' commands have written down of a tenant, oldest first. */
export async function audited(nc: NatsConnection, tenant: string): Promise<AuditEntry[]> {
  const found: AuditEntry[] = [];
  for await (const { data } of readAll(nc, AUDIT_STREAM, 'audit.operator.*')) {
    const entry = auditEntry.parse(JSON.parse(new TextDecoder().decode(data)));
    if (entry.tenant === tenant) found.push(entry);
  }
  return found;
}
