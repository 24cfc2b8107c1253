import type { NatsConnection } from '@nats-io/nats-core';
import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream';
import { filterOf } from '@roomwire/events';
import { READ_PROVIDERS } from './access.ts';
import { Bus, busErrorOf } from './bus.ts';
import { parseDeadLetter, type DeadLetter } from './dead-letter.ts';
import { readAll, type ReadOptions } from './read-all.ts';
import { CONSUMERS, fetchConsumers, pushConsumers, streamOf } from './topology.ts';

/** What a letter's subject says, so that the broker finds it without a look at any letter. `stage`: a consumer, or a service's word. */
export type DeadQuery = {
  stage?: string | undefined;
  provider?: string | undefined;
  reason?: string | undefined;
  cause?: string | undefined;
};
export type LetterQuery = DeadQuery & { connection?: string | undefined; kind?: string | undefined };
export type CauseCount = {
  tenant: string;
  cause: string;
  count: number;
  oldest: DeadLetter;
  newest: DeadLetter;
};

const STAGES = [
  ...CONSUMERS,
  ...READ_PROVIDERS.flatMap((provider) => [...fetchConsumers(provider), ...pushConsumers(provider)]),
].map(({ name }) => name);
/** `pms.<tenant>.dead.<stage>.<provider>.<reason>.<cause>` */
const CAUSE_TOKENS = 7;
const NANOS = 1_000_000;
const COUNTED_MS = 10_000;

/** `normalizer` stands for all its consumers: no wildcard fits half a token. */
function stagesOf(word: string): string[] {
  const known = STAGES.filter((name) => name === word || name.startsWith(`${word}-`));
  return known.length > 0 ? known : [word];
}

export function deadFilters(tenant: string, { stage, provider, reason, cause, connection, kind }: LetterQuery): string[] {
  const stages = stage === undefined ? ['*'] : stagesOf(stage);
  return stages.flatMap((each) => {
    const named = [each, provider ?? '*', reason ?? '*', cause ?? '*'];
    const whole = filterOf(tenant, 'dead', ...named);
    if (connection === undefined && kind === undefined) return [whole];
    // Subjects of earlier releases end with cause and origin: what those letters are about their headers say.
    return [filterOf(tenant, 'dead', ...named, connection ?? '*', kind ?? '*'), whole.replace(/>$/, '*')];
  });
}

/** A tenant's letters, oldest first; with `headersOnly` their messages are left where they are, which costs least. */
export async function* findDeadLetters(
  nc: NatsConnection,
  tenant: string,
  query: LetterQuery,
  options: ReadOptions = {},
): AsyncGenerator<DeadLetter> {
  for await (const message of readAll(nc, streamOf('DEAD', tenant), deadFilters(tenant, query), options)) {
    const letter = parseDeadLetter(message);
    if (letter) yield letter;
  }
}

/**
 * How many letters of each cause: counted by the broker's own index of subjects, which a hundred thousand letters do not make slow, and
 * of each cause its first and its last letter looked at. Most of one cause first.
 */
export async function countCauses(nc: NatsConnection, tenant: string, query: DeadQuery): Promise<CauseCount[]> {
  const bus = new Bus(nc);
  const stream = streamOf('DEAD', tenant);
  const counted = await Promise.all(deadFilters(tenant, query).map((filter) => countsOn(bus, stream, filter)));
  const causes = await Promise.all(
    counted
      .flatMap((each) => [...each])
      .map(async ([prefix, count]): Promise<CauseCount[]> => {
        const ends = await Promise.all([bus.nextOn(stream, `${prefix}.>`, 1), bus.lastOnLeader(stream, `${prefix}.>`)]);
        const [oldest, newest] = ends.map((message) => message && parseDeadLetter(message));
        // Dealt with between two looks: nobody misses it.
        if (!oldest || !newest) return [];
        return [{ tenant, cause: newest.fingerprint, count, oldest, newest }];
      }),
  );
  return causes.flat().sort((a, b) => b.count - a.count || (a.cause < b.cause ? -1 : 1));
}

/** By subject as far as the cause. */
async function countsOn(bus: Bus, stream: string, filter: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  try {
    const { state } = await (await bus.jsm()).streams.info(stream, { subjects_filter: filter });
    for (const subject of Object.keys(state.subjects ?? {})) {
      const prefix = subject.split('.', CAUSE_TOKENS).join('.');
      counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
    }
    return counts;
  } catch (error) {
    throw busErrorOf(error);
  }
}

/** How many were stored at or after each instant: what a consumer from there would have to deliver. None is delivered. */
export async function countSince(
  nc: NatsConnection,
  tenant: string,
  query: DeadQuery,
  instants: readonly number[],
): Promise<number[]> {
  const stream = streamOf('DEAD', tenant);
  try {
    const manager = await new Bus(nc).jsm();
    return await Promise.all(
      instants.map(async (ms) => {
        const { name, num_pending: pending } = await manager.consumers.add(stream, {
          ...{ filter_subjects: deadFilters(tenant, query), ack_policy: AckPolicy.None, mem_storage: true },
          ...{ deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(ms).toISOString() },
          ...{ headers_only: true, inactive_threshold: COUNTED_MS * NANOS },
        });
        await manager.consumers.delete(stream, name);
        return pending;
      }),
    );
  } catch (error) {
    throw busErrorOf(error);
  }
}
