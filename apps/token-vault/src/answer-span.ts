import type { NatsContext } from '@nestjs/microservices';
import { inSpan, isTracing } from '@roomwire/telemetry';
import type { Reply, VaultOperation } from '@roomwire/vault-client';

/** One SERVER span a request, under the caller's. Of the answer only its code is told. */
export function answering<O extends VaultOperation>(
  operation: O,
  context: NatsContext,
  answer: () => Promise<Reply<O>>,
): Promise<Reply<O>> {
  if (!isTracing()) return answer();
  const template = `vault.${operation}.{caller}`;
  const head = context.getHeaders() as { get(name: string): string } | undefined;
  const attributes = {
    ...{ 'messaging.system': 'nats', 'messaging.operation.name': 'process', 'messaging.operation.type': 'process' },
    ...{ 'messaging.destination.name': context.getSubject(), 'messaging.destination.template': template },
  };
  const start = { name: `process ${template}`, kind: 'server', parent: head?.get('traceparent'), attributes } as const;
  return inSpan(start, async (span) => {
    const reply = await answer();
    const outcome = 'error' in reply ? reply.error.code : 'ok';
    span.set({ 'roomwire.outcome': outcome });
    if (outcome === 'unavailable') span.fail(outcome);
    return reply;
  });
}
