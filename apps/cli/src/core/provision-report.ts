import { table } from './table.ts';

type Connection = { id: string; provider: string; change: string; credentials?: 'sent'; webhookSecret?: 'sent' };
type Tenant = {
  id: string;
  change: string;
  apiToken?: string;
  connections: readonly Connection[];
  catalogue: Readonly<Record<string, number>>;
};
type Row = { what: string; id: string; change: string; note: string };

/** What was done, for people; tokens that were made stand last, where they are seen. */
export function reportText(tenants: readonly Tenant[]): string {
  const rows = tenants.flatMap((tenant): Row[] => [
    { what: 'tenant', id: tenant.id, change: tenant.change, note: '' },
    ...tenant.connections.map(({ id, provider, change, credentials, webhookSecret }) => ({
      what: 'connection',
      id,
      change,
      note: [provider, credentials && 'credentials sent', webhookSecret && 'webhook secret sent'].filter(Boolean).join(', '),
    })),
    ...Object.entries(tenant.catalogue)
      .filter(([, count]) => count > 0)
      .map(([change, count]) => ({
        what: 'catalogue',
        id: tenant.id,
        change,
        note: `${count} ${count === 1 ? 'entry' : 'entries'}`,
      })),
  ]);
  const tokens = tenants.flatMap(({ id, apiToken }) => (apiToken ? [`API token of ${id}, shown this once: ${apiToken}`] : []));
  const lines = table(rows, [
    { title: 'what', of: ({ what }) => what },
    { title: 'id', of: ({ id }) => id },
    { title: 'change', of: ({ change }) => change },
    { title: '', of: ({ note }) => note },
  ]);
  return [lines, ...(tokens.length > 0 ? ['', ...tokens] : [])].join('\n');
}
