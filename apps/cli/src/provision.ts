import { connection, mapping, tenant, unit } from '@roomwire/events';
import {
  BusError,
  ensureConnection,
  ensureFleet,
  ensureTenant,
  KvTable,
  TopologyError,
  type NatsConnection,
} from '@roomwire/jetstream';
import { natsVaultClient, VaultError, type VaultClient } from '@roomwire/vault-client';
import { Failure } from './core/failure.ts';
import { reportText } from './core/provision-report.ts';
import { patientVault } from './patient-vault.ts';
import { readProvisionFile, type ReadyTenant } from './provision-input.ts';
import { provision, type Installation, type ProvisionedTenant } from './provisioner.ts';
import { openSession } from './session.ts';
import type { Terminal } from './terminal.ts';

/** `roomwire provision <file>`: whatever happens, what was done so far is printed: a token that was made is shown only here. */
export async function provisionFrom(path: string, { json }: { json?: boolean }, terminal: Terminal): Promise<void> {
  const ready = await readProvisionFile(path, terminal);
  await using session = await openSession(terminal.env);
  const report: ProvisionedTenant[] = [];
  try {
    await provisionOn(session.nc, ready, patientVault(natsVaultClient(session.nc, 'operator')), report);
  } catch (error) {
    throw failureOf(error);
  } finally {
    if (json) terminal.out(`${JSON.stringify({ tenants: report })}\n`);
    else if (report.length > 0) terminal.out(`${reportText(report)}\n`);
  }
}

export async function provisionOn(
  nc: NatsConnection,
  ready: readonly ReadyTenant[],
  vault: VaultClient,
  report: ProvisionedTenant[],
): Promise<void> {
  await ensureFleet(nc);
  const tables = {
    tenants: await KvTable.open(nc, 'tenants', tenant),
    connections: await KvTable.open(nc, 'connections', connection),
    units: await KvTable.open(nc, 'catalog', unit, { filter: '*.unit.*' }),
    mappings: await KvTable.open(nc, 'catalog', mapping, { filter: '*.map.>' }),
  };
  const installation: Installation = {
    ...tables,
    vault,
    ensureTenant: (id) => ensureTenant(nc, id),
    ensureConnection: (id, provider) => ensureConnection(nc, id, provider),
  };
  try {
    await provision(ready, installation, report);
  } finally {
    await Promise.all(Object.values(tables).map((table) => table.close()));
  }
}

/** What a person can do about what went wrong while an installation was made what is declared. */
export function failureOf(error: unknown): unknown {
  if (error instanceof TopologyError) return new Failure('refused', error.message, ['what exists was left as it is']);
  if (error instanceof BusError)
    return new Failure(error.code === 'unavailable' ? 'unavailable' : 'refused', `NATS: ${error.message}`, [
      'run it again: what is right already is left alone',
    ]);
  if (!(error instanceof VaultError)) return error;
  if (error.code !== 'unavailable') return new Failure('refused', error.message);
  return new Failure('unavailable', 'token-vault does not answer: the secrets were not stored', [
    'is it running, and its /readyz green? Then run this again: what is right already is left alone',
  ]);
}
