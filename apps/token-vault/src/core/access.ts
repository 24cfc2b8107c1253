/** Who may ask what. The broker lets a service publish with its own name only (`vault.<operation>.<caller>`). */
export const ACCESS = {
  lease: ['sync-worker'],
  report: ['sync-worker'],
  // Who verifies webhooks, and who registers them.
  'webhook-secrets': ['ingest-gateway', 'sync-worker'],
  'put-credentials': ['operator'],
  'put-webhook-secret': ['operator'],
  reauthorise: ['operator'],
  'begin-code-grant': ['operator'],
  'redeem-code': ['ingest-gateway'],
} as const satisfies Record<string, readonly string[]>;
export type Operation = keyof typeof ACCESS;

/** The caller is what the subject says, and nothing that a body says. '' where there is none. */
export function callerOf(subject: string): string {
  return subject.split('.')[2] ?? '';
}

export function mayAsk(operation: Operation, caller: string): boolean {
  return (ACCESS[operation] as readonly string[]).includes(caller);
}

type Known = { tenant: string; provider: string };

/** `connection`: what KV has under the asked id. The caller is checked first: who may not ask learns nothing about what exists. */
export function refusalOf(
  operation: Operation,
  caller: string,
  asked: { tenant: string; provider?: string },
  connection: Known | undefined,
): 'not-allowed' | 'unknown-connection' | undefined {
  if (!mayAsk(operation, caller)) return 'not-allowed';
  if (!connection) return 'unknown-connection';
  if (connection.tenant !== asked.tenant) return 'not-allowed';
  if (asked.provider !== undefined && asked.provider !== connection.provider) return 'not-allowed';
  return undefined;
}
