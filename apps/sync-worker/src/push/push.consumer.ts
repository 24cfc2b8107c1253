import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import {
  HEADER,
  parseHops,
  pushLane,
  pushOrder,
  pushSubject,
  subjectOf,
  underReplay,
  type OutcomeMessage,
  type PushLane,
  type PushOrder,
} from '@roomwire/events';
import { done, reject, rejectSchema, type Bus, type Delivery, type Verdict } from '@roomwire/jetstream';
import { adapters } from '@roomwire/pms-adapters';
import type { PmsAdapter, PushKind } from '@roomwire/pms-port';
import { traceId } from '@roomwire/telemetry';
import { isDeepStrictEqual } from 'node:util';
import type { Gatherer } from '../gatherer.ts';
import { partyOf, unlessAway, type Connections } from '../party.ts';
import type { Messenger } from './messenger.ts';
import type { Member, Outcome } from './teller.ts';

/** `push-<provider>-<lane>` of every provider that can be told something. The reference adapter is nobody's provider. */
const PROVIDERS = Object.values<PmsAdapter>(adapters).filter(({ provider, push }) => provider !== 'memory' && push);
export const PUSH_CONSUMERS = pushLane.options.flatMap((lane) => PROVIDERS.map(({ provider }) => `push-${provider}-${lane}`));

/** How long the first order of a group waits for others that the same calls can carry, ms; a room that must be closed hardly does. */
const GATHER_MS: Readonly<Record<PushLane, number>> = { critical: 5, ordinary: 200 };
/** Orders of one group: as many as are in hand. */
const GROUP_MAX = 32;

/** An order in, and the provider told. The order is what counts after a kill -9: the outcome is stored before the ack. */
@Controller()
export class PushConsumer {
  constructor(
    private readonly bus: Pick<Bus, 'publish'>,
    private readonly connections: Connections,
    private readonly groups: Pick<Gatherer<Member, Outcome>, 'join'>,
    private readonly messenger: Pick<Messenger, 'send'>,
  ) {}

  @EventPattern(PUSH_CONSUMERS)
  async handle(@Payload() delivery: Delivery): Promise<Verdict> {
    return unlessAway(async () => {
      const read = orderIn(delivery);
      return 'kind' in read ? read : this.perform(delivery, read.order);
    });
  }

  private async perform(delivery: Delivery, order: PushOrder): Promise<Verdict> {
    const party = await partyOf(this.connections, order);
    if ('kind' in party) return party;
    const kind = kindOf(order);
    if (!party.provider.adapter.push?.kinds.includes(kind))
      return reject('not-pushable', `${order.provider} takes no ${kind} over its API`);
    if (order.what.kind === 'message') {
      const verdict = await this.messenger.send(delivery, order, party);
      if (verdict.kind === 'done') await this.report(delivery, order, { cells: 1, overtaken: 0 });
      return verdict;
    }
    const outcome = await this.tell({ delivery, order, party });
    if (outcome.kind === 'verdict') return outcome.verdict;
    await this.report(delivery, order, outcome);
    return done;
  }

  private tell(member: Member): Promise<Outcome> {
    const { order } = member;
    return this.groups.join(member, {
      key: JSON.stringify([order.connection, kindOf(order), order.lane]),
      most: GROUP_MAX,
      momentMs: GATHER_MS[order.lane],
      bytes: 0,
    });
  }

  private async report(
    delivery: Delivery,
    order: PushOrder,
    { cells, overtaken }: { cells: number; overtaken: number },
  ): Promise<void> {
    const { tenant, connection, order: receipt } = order;
    const outcome: OutcomeMessage = {
      ...{ tenant, receipt, connection, stage: 'sync-worker', verdict: 'pushed', kind: kindOf(order) },
      detail: overtaken > 0 ? `${cells} told, ${overtaken} of them as others said since` : `${cells} told`,
      hops: parseHops(delivery.header(HEADER.hops)),
    };
    const { id, body } = underReplay(`oc:${connection}:${receipt}:pushed`, outcome, delivery.header(HEADER.replay));
    await this.bus.publish(subjectOf({ tenant, family: 'outcome', receipt }), body, { id });
    delivery.note({ cells, overtaken });
  }
}

/** A stay's nights are closed and opened. */
function kindOf({ what }: PushOrder): PushKind {
  return what.kind === 'hold' ? 'availability' : what.kind;
}

/** Whoever may publish to one connection's subject must not be able to have another one told. */
function orderIn(delivery: Delivery): { order: PushOrder } | Verdict {
  const parsed = pushOrder.safeParse(delivery.json());
  if (!parsed.success) return rejectSchema(parsed.error);
  const order = parsed.data;
  const { provider, connection, lane, what, by } = order;
  delivery.note({
    ...{ provider, connection, lane, kind: what.kind, by },
    receipt: order.order,
    trace: traceId(order.traceparent),
  });
  const isItsOwn = delivery.tenant === order.tenant && isDeepStrictEqual(delivery.subject, pushSubject(order));
  return isItsOwn ? { order } : reject('wrong-subject', 'the body names another connection than the subject');
}
