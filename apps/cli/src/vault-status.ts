import { natsVaultStatus, type ConnectionStatus } from '@roomwire/vault-client';
import { Failure } from './core/failure.ts';
import { age, table } from './core/table.ts';
import type { Session } from './session.ts';
import type { Terminal } from './terminal.ts';
import { asking } from './vault-asking.ts';

export type ShowStatus = { tenant?: string; json?: boolean };

/** How credentials stand: of one connection, or of all that the vault holds anything of. Nothing of it is a secret. */
export async function showStatus(
  { nc }: Session,
  connection: string | undefined,
  { tenant, json }: ShowStatus,
  terminal: Terminal,
): Promise<void> {
  const all = await asking(() => natsVaultStatus(nc, 'operator', connection));
  const found = all.filter((each) => tenant === undefined || each.tenant === tenant);
  if (connection !== undefined && !found.length)
    throw new Failure('not-found', `the vault holds nothing of the connection ${JSON.stringify(connection)}`);
  terminal.out(json ? `${JSON.stringify(found)}\n` : `${tableOf(found, terminal.now())}\n`);
}

function tableOf(found: readonly ConnectionStatus[], now: number): string {
  return table(found, [
    { title: 'tenant', of: ({ tenant }) => tenant },
    { title: 'connection', of: ({ connection }) => connection },
    { title: 'provider', of: ({ provider }) => provider },
    { title: 'kind', of: ({ kind }) => kind ?? '' },
    { title: 'state', of: ({ state }) => state },
    { title: 'for', of: ({ since }) => (since === null ? '' : age(since, now)) },
    { title: 'why', of: ({ why }) => why ?? '' },
    { title: 'asked again in', of: ({ retryAt }) => left(retryAt, now) },
    { title: 'token for', of: ({ tokenUntil }) => left(tokenUntil, now) },
    { title: 'refresh token for', of: ({ refreshUntil }) => left(refreshUntil, now) },
    { title: 'lease', of: ({ lease }) => lease },
    { title: 'sealed by', of: ({ keys }) => keys.join(', ') },
  ]);
}

const left = (until: number | null, now: number): string => (until === null ? '' : until > now ? age(now, until) : 'over');
