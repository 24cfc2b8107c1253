import { AUDIT_STREAM, AuditVerifier, BusError, readAll, type NatsConnection, type StoredMessage } from '@roomwire/jetstream';
import { Failure } from './core/failure.ts';
import { answering } from './tenants.ts';
import type { Session } from './session.ts';
import type { Terminal } from './terminal.ts';

/** All of the trail, of the vault's processes and of operators' commands: whether it is as it was written. @throws {Failure} where it is not. */
export async function verifyAudit({ nc }: Session, options: { json?: boolean }, terminal: Terminal): Promise<void> {
  let verifier: AuditVerifier | undefined;
  await answering(async () => {
    for await (const message of auditEntries(nc)) (verifier ??= new AuditVerifier(message.seq)).take(message);
  });
  tell(verifier ?? new AuditVerifier(1), options, terminal);
}

/** Oldest first. @throws {Failure} where there is no trail. */
export async function* auditEntries(nc: NatsConnection): AsyncGenerator<StoredMessage> {
  try {
    yield* readAll(nc, AUDIT_STREAM, 'audit.>');
  } catch (error) {
    if (error instanceof BusError && error.code === 'no-stream')
      throw new Failure('not-found', 'there is no audit trail here', ['`roomwire provision <file>` makes it']);
    throw error;
  }
}

function tell({ findings, entries, heads }: AuditVerifier, { json }: { json?: boolean }, terminal: Terminal): void {
  const newest = [...heads].map(([writer, head]) => ({ writer, ...head })).sort((a, b) => a.seq - b.seq);
  if (json) terminal.out(`${JSON.stringify({ entries, findings, heads: newest })}\n`);
  else if (!findings.length) {
    const last = newest.at(-1);
    const kept = last ? `; the newest is ${last.seq}, ${last.hash}: kept elsewhere, it vouches for all before it` : '';
    terminal.out(`${entries} entries of ${newest.length} writers, as they were written${kept}\n`);
  }
  if (findings.length)
    throw new Failure(
      'refused',
      'the trail is not as it was written',
      findings.map(({ seq, writer, problem }) => `entry ${seq} of ${writer} ${problem}`),
    );
}
