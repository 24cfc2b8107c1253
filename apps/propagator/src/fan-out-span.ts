import { templateOf } from '@roomwire/jetstream';
import { isTracing, startSpan, type OpenSpan } from '@roomwire/telemetry';
import type { ChangeFacts } from './core/facts.ts';
import type { StoredState } from './state-source.ts';

/**
 * One change handed to however many watch, in the trace of what it was announced with; not one span per client. undefined: nobody
 * watches, or nothing is traced.
 */
export function fanOutSpan(tenant: string, stored: StoredState, facts: ChangeFacts, clients: number): OpenSpan | undefined {
  if (!isTracing() || clients === 0) return undefined;
  const { subject, seq } = stored;
  const template = templateOf(subject);
  return startSpan({
    name: `process ${template}`,
    kind: 'consumer',
    parent: stored.header?.('traceparent'),
    attributes: {
      ...{ 'messaging.system': 'nats', 'messaging.operation.name': 'process', 'messaging.operation.type': 'process' },
      ...{ 'messaging.destination.name': subject, 'messaging.destination.template': template },
      ...{ 'messaging.message.id': stored.header?.('Nats-Msg-Id') || undefined, 'roomwire.sequence': seq },
      ...{
        'roomwire.tenant': tenant,
        'roomwire.revision': facts.revision,
        'roomwire.lane': facts.lane,
        'roomwire.clients': clients,
      },
    },
  });
}
