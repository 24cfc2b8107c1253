import { setTimeout as sleep } from 'node:timers/promises';
import { connection as connectionSchema, tenant as tenantSchema, webhookUrl } from '@roomwire/events';
import { Bus, KvTable } from '@roomwire/jetstream';
import { natsVaultClient, natsVaultRepair, REPAIR_OUTCOMES, VaultError, type Repaired } from '@roomwire/vault-client';
import { audit, byOf } from './audit.ts';
import { webhookAdvice } from './core/at-provider.ts';
import { Failure } from './core/failure.ts';
import { problemsOf, provisionFile, type DeclaredConnection } from './core/provision-file.ts';
import { patientVault } from './patient-vault.ts';
import { failureOf, provisionOn } from './provision.ts';
import { credentialsIn, webhookSecretIn } from './secret-files.ts';
import type { Session } from './session.ts';
import { noTenant } from './tenant.ts';
import { allTenants } from './tenants.ts';
import type { Terminal } from './terminal.ts';
import { asking } from './vault-asking.ts';

export type AddConnection = {
  tenant: string;
  provider: string;
  account?: string;
  baseUrl?: string;
  unitsOf?: string;
  timeZone?: string;
  currency?: string;
  credentials?: string;
  webhookSecret?: string;
  gateway?: string;
  reason?: string;
  by?: string;
  json?: boolean;
};

const TRIES = 20;
const PAUSE_MS = 500;

/**
 * A new connection. Its secrets come from files or from standard input, and never from the command line. The credentials are stored and
 * tried at once: a connection that cannot work says so now, and not when the first guest stands before the door.
 */
export async function addOneConnection({ nc }: Session, id: string, options: AddConnection, terminal: Terminal): Promise<void> {
  await allTenants(nc);
  if (options.credentials === '-' && options.webhookSecret === '-')
    throw new Failure('usage', 'only one of --credentials and --webhook-secret can be standard input');
  const [credentials, hook] = [
    await credentialsIn(options.credentials, terminal),
    await webhookSecretIn(options.webhookSecret, terminal),
  ];
  const declared = await declaredIn(nc, id, options);
  const by = byOf(options, terminal);
  const reason = options.reason === undefined ? {} : { reason: options.reason };
  const { tenant, provider } = options;
  await audit(new Bus(nc), tenant, 'connection', { action: 'add', connection: id, provider, by, ...reason });
  const vault = patientVault(natsVaultClient(nc, 'operator'));
  try {
    const connections = [{ declared: declared.connections[0]!, ...(hook ? { webhookSecret: hook } : {}) }];
    await provisionOn(nc, [{ declared, connections }], vault, []);
  } catch (error) {
    throw failureOf(error);
  }
  const request = { tenant, connection: id, provider, by, ...reason };
  const tried =
    credentials && (await asking(() => known(() => natsVaultRepair(nc, 'operator').reauthorise({ ...request, credentials }))));
  const address = webhookUrl(options.gateway ?? 'https://<gateway>', { provider, id });
  tell({ id, tried, address, advice: webhookAdvice(provider, address, Boolean(hook)) }, options, terminal);
}

type Added = { id: string; tried: Repaired | undefined; address: string; advice: string[] };

function tell({ id, tried, address, advice }: Added, { json }: AddConnection, terminal: Terminal): void {
  if (json)
    terminal.out(`${JSON.stringify({ connection: id, webhookUrl: address, atProvider: advice, credentials: tried ?? null })}\n`);
  else terminal.out([`${id} is there`, `webhook address: ${address}`, ...advice.map((line) => `  ${line}`), ''].join('\n'));
  if (!tried) {
    if (!json) terminal.out(`no credentials yet: roomwire vault reauthorise ${id} --credentials <file>\n`);
    return;
  }
  const text = `${id}: ${REPAIR_OUTCOMES[tried.outcome]}${tried.code ? ` (${tried.code})` : ''}`;
  if (tried.outcome === 'refused' || tried.outcome === 'unknown')
    throw new Failure(tried.outcome === 'refused' ? 'refused' : 'unavailable', text, [
      'the connection is there, and the credentials are stored',
      `others: roomwire vault reauthorise ${id} --credentials <file>`,
    ]);
  if (!json) terminal.out(`credentials: ${REPAIR_OUTCOMES[tried.outcome]}\n`);
}

/** The connection and its tenant as a provisioning file would declare them: the same rules hold. */
async function declaredIn(nc: Session['nc'], id: string, options: AddConnection) {
  const tenants = await KvTable.open(nc, 'tenants', tenantSchema);
  const connections = await KvTable.open(nc, 'connections', connectionSchema);
  const [tenant, held] = await Promise.all([tenants.fromLeader(options.tenant), connections.fromLeader(id)]).finally(() =>
    Promise.all([tenants.close(), connections.close()]),
  );
  if (!tenant) throw noTenant(options.tenant);
  if (held)
    throw new Failure('refused', `there is a connection ${id}`, [
      '`roomwire provision <file>` changes it; `roomwire vault reauthorise` puts new credentials in',
    ]);
  const { provider, account, baseUrl, unitsOf, timeZone, currency } = options;
  const unsaid = { ...(timeZone === undefined ? {} : { timeZone }), ...(currency === undefined ? {} : { currency }) };
  const connection = { id, provider, account, baseUrl, unitsOf, ...(Object.keys(unsaid).length ? { unsaid } : {}) };
  const { name, defaults } = tenant;
  const parsed = provisionFile.safeParse({
    tenants: [{ id: tenant.id, name, defaults, connections: [connection as DeclaredConnection] }],
  });
  if (!parsed.success)
    throw new Failure(
      'usage',
      'the connection is not valid',
      problemsOf(parsed.error).map((line) => line.replace(/^tenants\[0\]\.(connections\[0\]\.)?/, '')),
    );
  return parsed.data.tenants[0]!;
}

/** The vault hears of a new connection a moment later; until then it has done nothing, and may be asked again. */
async function known<T>(question: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left -= 1)
    try {
      return await question();
    } catch (error) {
      if (left === 1 || !(error instanceof VaultError && error.code === 'unknown-connection')) throw error;
      await sleep(PAUSE_MS);
    }
}
