import { connection as connectionSchema, tenant as tenantSchema, type Tenant } from '@roomwire/events';
import { Bus, ensureFleet, ensureTenant, KvTable, streamOf } from '@roomwire/jetstream';
import { natsVaultClient } from '@roomwire/vault-client';
import { audit, byOf } from './audit.ts';
import { Failure } from './core/failure.ts';
import { problemsOf, provisionFile } from './core/provision-file.ts';
import { reportText } from './core/provision-report.ts';
import { table } from './core/table.ts';
import { failureOf, provisionOn } from './provision.ts';
import type { ProvisionedTenant } from './provisioner.ts';
import type { Session } from './session.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type AddTenant = {
  name?: string;
  timeZone: string;
  checkIn: string;
  checkOut: string;
  reason?: string;
  by?: string;
  json?: boolean;
};

/** A new tenant with its streams and a token, which is shown this once. What is there already is `provision`'s to change. */
export async function addOneTenant({ nc }: Session, id: string, options: AddTenant, terminal: Terminal): Promise<void> {
  const { timeZone, checkIn, checkOut, reason, name = id } = options;
  const declared = provisionFile.safeParse({ tenants: [{ id, name, defaults: { timeZone, checkIn, checkOut } }] });
  if (!declared.success)
    throw new Failure(
      'usage',
      'the tenant is not valid',
      problemsOf(declared.error).map((line) => line.replace(/^tenants\[0\]\./, '')),
    );
  const report: ProvisionedTenant[] = [];
  try {
    await ensureFleet(nc);
    if (await tenantHeld(nc, id))
      throw new Failure('refused', `there is a tenant ${id}`, ['`roomwire provision <file>` changes it']);
    // Its LOG first: nothing is done that nobody said.
    await ensureTenant(nc, id);
    await audit(new Bus(nc), id, 'tenant', {
      action: 'add',
      by: byOf(options, terminal),
      ...(reason === undefined ? {} : { reason }),
    });
    const ready = declared.data.tenants.map((each) => ({ declared: each, connections: [] }));
    await provisionOn(nc, ready, natsVaultClient(nc, 'operator'), report);
  } catch (error) {
    throw failureOf(error);
  } finally {
    if (options.json && report.length > 0) terminal.out(`${JSON.stringify({ tenants: report })}\n`);
    else if (report.length > 0) terminal.out(`${reportText(report)}\n`);
  }
}

async function tenantHeld(nc: Session['nc'], id: string): Promise<Tenant | undefined> {
  const tenants = await KvTable.open(nc, 'tenants', tenantSchema);
  return tenants.fromLeader(id).finally(() => tenants.close());
}

/** Tenants, how many connections each has, and how much waits and is dead. */
export async function listTenants({ nc }: Session, { json }: { json?: boolean }, terminal: Terminal): Promise<void> {
  await allTenants(nc);
  const [tenants, connections] = [
    await KvTable.open(nc, 'tenants', tenantSchema),
    await KvTable.open(nc, 'connections', connectionSchema),
  ];
  const of = [...connections.entries()].map(([, { tenant }]) => tenant);
  const held = [...tenants.entries()].map(([, each]) => each).sort((a, b) => (a.id < b.id ? -1 : 1));
  await Promise.all([tenants.close(), connections.close()]);
  const jsm = await new Bus(nc).jsm();
  const rows = await answering(() =>
    Promise.all(
      held.map(async ({ apiTokenHashes, ...tenant }) => ({
        ...tenant,
        apiTokens: apiTokenHashes.length,
        connections: of.filter((each) => each === tenant.id).length,
        waiting: await messagesIn('WORK', tenant.id),
        deadLetters: await messagesIn('DEAD', tenant.id),
      })),
    ),
  );
  if (json) return terminal.out(`${JSON.stringify({ tenants: rows })}\n`);
  if (rows.length === 0) return terminal.out('no tenants\n');
  terminal.out(`${tableOf(rows)}\n`);

  /** Null: the stream is not there. */
  async function messagesIn(family: 'WORK' | 'DEAD', id: string): Promise<number | null> {
    const found = await jsm.streams.info(streamOf(family, id)).catch(() => undefined);
    return found ? found.state.messages : null;
  }
}

type Row = Omit<Tenant, 'apiTokenHashes'> & {
  apiTokens: number;
  connections: number;
  waiting: number | null;
  deadLetters: number | null;
};

function tableOf(rows: readonly Row[]): string {
  return table(rows, [
    { title: 'tenant', of: ({ id }) => id },
    { title: 'name', of: ({ name }) => name },
    { title: 'status', of: ({ status }) => status },
    { title: 'zone', of: ({ defaults }) => defaults.timeZone },
    { title: 'connections', of: ({ connections }) => connections },
    { title: 'tokens', of: ({ apiTokens }) => apiTokens },
    { title: 'in work', of: ({ waiting }) => waiting ?? 'no stream' },
    { title: 'dead letters', of: ({ deadLetters }) => deadLetters ?? 'no stream' },
  ]);
}
