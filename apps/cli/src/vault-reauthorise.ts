import { connection as connectionSchema, type Connection } from '@roomwire/events';
import { KvTable } from '@roomwire/jetstream';
import { natsVaultRepair, REPAIR_OUTCOMES, type Repaired } from '@roomwire/vault-client';
import { byOf } from './audit.ts';
import { Failure, type ExitName } from './core/failure.ts';
import { credentialsIn } from './secret-files.ts';
import type { Session } from './session.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';
import { asking } from './vault-asking.ts';

export type Reauthorise = { credentials?: string; codeGrant?: boolean; reason?: string; by?: string; json?: boolean };

/** New credentials for a connection, tried at once. They come from a file or from standard input, and never from the command line. */
export async function reauthorise(session: Session, id: string, options: Reauthorise, terminal: Terminal): Promise<void> {
  const { credentials: path, codeGrant, json } = options;
  if (path === undefined && !codeGrant)
    throw new Failure('usage', 'there is nothing to put', ['give --credentials <file>, - for standard input, or --code-grant']);
  const credentials = await credentialsIn(path, terminal);
  const { tenant, provider } = await connectionOf(session, id);
  const { reason } = options;
  const request = { tenant, connection: id, provider, by: byOf(options, terminal), ...(reason === undefined ? {} : { reason }) };
  const vault = natsVaultRepair(session.nc, 'operator');
  if (codeGrant) {
    const begun = await asking(() => vault.beginCodeGrant({ ...request, ...(credentials ? { credentials } : {}) }));
    const minutes = Math.floor(begun.validForMs / 60_000);
    terminal.out(
      json ? `${JSON.stringify(begun)}\n` : `${begun.url}\nopen it in a browser and agree, once, within ${minutes} minutes\n`,
    );
    return;
  }
  tell(await asking(() => vault.reauthorise({ ...request, credentials: credentials! })), id, json, terminal);
}

const EXITS: Partial<Record<Repaired['outcome'], Exclude<ExitName, 'done'>>> = { refused: 'refused', unknown: 'unavailable' };

function tell(repaired: Repaired, id: string, json: boolean | undefined, terminal: Terminal): void {
  const { outcome, code, lease } = repaired;
  const text = `${id}: ${REPAIR_OUTCOMES[outcome]}${code ? ` (${code})` : ''}`;
  if (json) terminal.out(`${JSON.stringify({ connection: id, ...repaired })}\n`);
  const exit = EXITS[outcome];
  if (exit) throw new Failure(exit, text, ['they are stored; `roomwire vault status` says how it goes on']);
  if (!json) terminal.out(`${text}; lease ${lease}\n`);
}

async function connectionOf({ nc }: Session, id: string): Promise<Connection> {
  await allTenants(nc);
  return answering(async () => {
    const connections = await KvTable.open(nc, 'connections', connectionSchema);
    const held = await connections.fromLeader(id).finally(() => connections.close());
    if (!held) throw new Failure('not-found', `there is no connection ${JSON.stringify(id)}`);
    return held;
  });
}
