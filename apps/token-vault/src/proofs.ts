import { randomUUID } from 'node:crypto';
import type { Connection } from '@roomwire/events';
import type { Proof, ToSign } from '@roomwire/pms-port';
import { VaultError } from '@roomwire/vault-client';
import type { VaultEntry } from './core/entry.ts';
import { isGranting } from './refresher.ts';
import { openCredentials, type Shell } from './shell.ts';

/** What a request is proven with. `accessToken`: the one that is held, where tokens are granted. @throws {VaultError} */
export function proofOf(
  shell: Pick<Shell, 'keeper' | 'now' | 'operationsOf'>,
  connection: Connection,
  { credentials }: Pick<VaultEntry, 'credentials'>,
  accessToken: string,
  toSign: ToSign | undefined,
): Proof {
  const operations = shell.operationsOf(connection.provider);
  if (!operations || isGranting(operations)) return { kind: 'token', accessToken };
  const opened = openCredentials(shell, connection, credentials!);
  if (operations.kind === 'static-fields') return { kind: 'fields', fields: operations.fields(opened) };
  if (!toSign) throw new VaultError('not-allowed', { detail: 'requests of this provider are signed one by one' });
  const moment = { at: new Date(shell.now()).toISOString(), nonce: randomUUID() };
  return { kind: 'signature', headers: operations.sign(opened, toSign, moment) };
}
