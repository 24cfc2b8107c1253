import type { NatsConnection } from '@nats-io/nats-core';
import { HEADER, SUBJECT_FIELDS } from '@roomwire/events';
import { wordOf, type OpenSpan, type SpanAttributes, type SpanStart } from '@roomwire/telemetry';
import type { InHand } from './message.ts';
import type { Settlement } from './settle.ts';
import type { Verdict } from './verdict.ts';

/** Fields that hold one of few words of ours; of the others a name of a span has the field's name. */
const WORDS = new Set(['lane', 'pipeline', 'kind', 'provider', 'stage', 'workflow', 'type', 'topic']);

/** A subject with ids left out: `pms.{tenant}.raw.live.hostaway.{connection}`, `$KV.vault.{key}`. */
export function templateOf(subject: string): string {
  const [root, tenant, family, ...tokens] = subject.split('.');
  const fields: readonly string[] | undefined = SUBJECT_FIELDS[family as keyof typeof SUBJECT_FIELDS];
  if (root !== 'pms' || !fields || tokens.length !== fields.length)
    return `${root}.${root === 'pms' ? '{tenant}' : tenant}.{key}`;
  const named = fields.map((field, i) => (WORDS.has(field) ? tokens[i]! : `{${field}}`));
  return ['pms', '{tenant}', family, ...named].join('.');
}

const destination = (subject: string): SpanAttributes => ({
  'messaging.system': 'nats',
  'messaging.destination.name': subject,
  'messaging.destination.template': templateOf(subject),
});

/** `host:port` of the server that we are connected to. */
function serverOf(nc: NatsConnection): SpanAttributes {
  const [, host, port] = /^(?:.*@)?\[?([^@]*?)\]?:(\d+)$/.exec(nc.isClosed() ? '' : nc.getServer()) ?? [];
  return host ? { 'server.address': host, 'server.port': Number(port) } : {};
}

type Sent = { nc: NatsConnection; subject: string; id: string; bytes: number; receipt: string | undefined };

export function publishSpan({ nc, subject, id, bytes, receipt }: Sent): Pick<SpanStart, 'name' | 'kind' | 'attributes'> {
  return {
    name: `publish ${templateOf(subject)}`,
    kind: 'producer',
    attributes: {
      ...destination(subject),
      ...serverOf(nc),
      ...{ 'messaging.operation.name': 'publish', 'messaging.operation.type': 'send' },
      ...{ 'messaging.message.id': id, 'messaging.message.body.size': bytes, 'roomwire.receipt': receipt },
    },
  };
}

/** From the first look at a message to its settlement: it continues what its headers say, whatever else is under way here. */
export function consumeSpan(inHand: InHand): SpanStart {
  const { message, tenant, stage, stream, seq } = inHand;
  return {
    name: `process ${templateOf(message.subject)}`,
    kind: 'consumer',
    parent: inHand.header(HEADER.traceparent),
    attributes: {
      ...destination(message.subject),
      ...{ 'messaging.operation.name': 'process', 'messaging.operation.type': 'process' },
      ...{ 'messaging.consumer.group.name': stage, 'messaging.message.body.size': message.data.length },
      'messaging.message.id': inHand.header('Nats-Msg-Id') || undefined,
      ...{ 'roomwire.tenant': tenant, 'roomwire.stream': stream, 'roomwire.sequence': seq },
      'roomwire.receipt': inHand.header(HEADER.receipt) || undefined,
      ...{ 'roomwire.attempt': inHand.attempt, 'roomwire.deliveries': message.info.deliveryCount },
      'roomwire.suspect': inHand.suspect || undefined,
    },
  };
}

/** A reason may go on with a text that quotes the message: its first word is told. */
export function tellVerdict(span: OpenSpan, inHand: InHand, verdict: Verdict, settlement: Settlement): void {
  const reason = 'reason' in verdict ? wordOf(verdict.reason) : undefined;
  span.set({ 'roomwire.verdict': verdict.kind, 'roomwire.reason': reason, 'roomwire.settlement': settlement.kind });
  for (const name of ['provider', 'connection', 'outcome'] as const) {
    const noted = inHand.notes[name];
    if (typeof noted === 'string') span.set({ [`roomwire.${name}`]: noted });
  }
  if (verdict.kind === 'reject' || verdict.kind === 'retry') span.fail(verdict.reason);
}
