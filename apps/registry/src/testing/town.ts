import type { EventMessage } from '@roomwire/events';
import { naiveApply } from '@roomwire/events/testing';
import { BusError } from '@roomwire/jetstream';
import { eventually } from '@roomwire/testkit';
import { Rewound } from '../record-store.ts';
import { isRedisAway } from '../redis-away.ts';
import type { Counterexample } from './counterexample.ts';
import type { Delivery, History } from './histories.ts';
import { naiveTelling, nameOf } from './model/naive-record.ts';
import { replica, type Replica } from './redis-replica.ts';
import { eventFor, hintOf, type Said } from './said.ts';

class Died extends Error {}
const die = (): Promise<never> => Promise.reject(new Died());

/** Two replicas, and two that die whenever they are told something: one before it announces, one before it notes that it has. */
export type Town = {
  one: Replica;
  two: Replica;
  dying: Record<Exclude<Delivery['fault'], 'none'>, Replica>;
  dispose(): Promise<void>;
};

/** The histories’ stamps are the first seconds of 1970, and nothing of them is to be past the horizon. */
const patient = { horizonDays: 36_500 };

export async function town(natsUrl: string, redisUrl: string): Promise<Town> {
  const [one, two, silent, forgetful] = await Promise.all([
    replica(natsUrl, redisUrl, undefined, patient),
    replica(natsUrl, redisUrl, undefined, patient),
    replica(natsUrl, redisUrl, die, patient),
    replica(natsUrl, redisUrl, undefined, patient),
  ]);
  Object.assign(forgetful.records, { markAnnounced: die });
  Object.assign(forgetful.units, { finish: die, markConflict: die });
  return {
    ...{ one, two, dying: { 'dies before it announces': silent, 'dies before it notes that it announced': forgetful } },
    dispose: async () => {
      await Promise.all([one, two, silent, forgetful].map((each) => each.dispose()));
    },
  };
}

/** Tells a history as the broker delivers: what was not acked comes again. Answers what the replicas said of it that is not so. */
export async function tellAll(to: Town, { deliveries, pace }: History): Promise<Counterexample[]> {
  const wrong: Counterexample[] = [];
  if (pace === 'at once') {
    await Promise.all(deliveries.map((delivery) => deliver(to, delivery)));
    return wrong;
  }
  for (const [i, delivery] of deliveries.entries()) {
    const found = await deliver(to, delivery);
    if (found === undefined) continue;
    const expected = expectedOutcome(deliveries.slice(0, i), delivery.said);
    if (found !== expected) wrong.push({ kind: 'outcome', what: JSON.stringify(delivery.said), expected, found });
  }
  return wrong;
}

/** Answers what the telling came to; nothing where it was told more than once, since a copy comes to something else. */
async function deliver(town: Town, { said, to, fault }: Delivery): Promise<string | undefined> {
  const event = eventFor(said);
  if (fault !== 'none')
    await tell(town.dying[fault], event, said).catch((error: unknown) => {
      if (!(error instanceof Died) && !isDeferred(error)) throw error;
    });
  try {
    const outcome = await tell(town[to], event, said);
    return fault === 'none' ? outcome : undefined;
  } catch (error) {
    if (!isDeferred(error)) throw error;
    // Most often a door that the other replica has just given its id: this one's watch is behind.
    await eventually(() => tell(town[to], event, said), { withinMs: 30_000 });
    return undefined;
  }
}

/** As the consumer has it: on a slow machine a command of Redis may take longer than it is waited for. */
const isDeferred = (error: unknown): boolean =>
  isRedisAway(error) || error instanceof Rewound || (error instanceof BusError && error.code === 'unavailable');

/** As the consumer does. */
async function tell(to: Replica, event: EventMessage, said: Said): Promise<string> {
  const hint = hintOf(said);
  const told = await to.gate.within('t1', () =>
    to.teller.tell(event, async (known) => hint && to.reads.afterTelling(known, event, hint)),
  );
  return told.outcome;
}

function expectedOutcome(before: readonly Delivery[], said: Said): string | undefined {
  const next = naiveTelling(said);
  const told = before.map((each) => naiveTelling(each.said)).filter((each) => nameOf(each) === nameOf(next));
  return naiveApply(told, next).outcome;
}
