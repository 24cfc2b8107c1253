import type { VaultEntry } from './core/entry.ts';
import type { Shell } from './shell.ts';
import { amend } from './vault-store.ts';

/** The connection's status and the notice are a debt of the entry: paid by whoever sees it, until both are stored. */
export async function tellOwed(shell: Shell, { tenant, connection }: VaultEntry): Promise<void> {
  try {
    await pay(shell, connection);
  } catch (error) {
    shell.log.warn({ tenant, connection, err: error }, 'a notice could not be stored: it stays owed');
  }
}

/** A replica that was stopped looks first whether it is still owed; and if it has said what is true no more, it says what is. */
async function pay({ store, book, journal, figures, log }: Shell, connection: string): Promise<void> {
  const { entry } = await store.read(connection);
  if (!entry?.owes) return;
  const { tenant, provider, lease, owes, coolUntil, cause } = entry;
  const said = owes === 'token-lapsed' ? 'lapsed' : 'active';
  log[said === 'lapsed' ? 'error' : 'info']({ tenant, connection, provider, lease, cause }, owes);
  await book.credentialsAre(connection, said);
  const why = said === 'lapsed' && cause ? { cause } : {};
  await journal.notice(
    { type: owes, tenant, connection, provider, lease, ...why },
    `${owes}:${connection}:${lease}:${coolUntil}`,
  );
  const after = await amend(store, connection, (now) => (now?.owes === owes ? { ...now, owes: null } : undefined));
  if (after && after.state !== said) await book.credentialsAre(connection, after.state);
  figures.noticed(provider, owes);
}
