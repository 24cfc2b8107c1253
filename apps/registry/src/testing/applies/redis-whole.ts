import { eventOf } from '@roomwire/events';
import { natsServer, redisServer } from '@roomwire/testkit';
import { provision, replica } from '../redis-replica.ts';
import { rateOf } from './rounds.ts';
import { TENANT, Tellings } from './tellings.ts';

/** Enough that no two in flight are of one room, and few enough that the catalogue learns them in seconds. */
const ENTITIES = 400;

/** Tellings per second on real servers: applied, the record and its room announced, both paid. By how many are in flight. */
export async function wholeTellings(inFlights: readonly number[], ms: number): Promise<Record<number, number>> {
  await using stack = new AsyncDisposableStack();
  const nats = stack.use(await natsServer());
  const redis = stack.use(await redisServer());
  await provision(nats.url);
  const one = await replica(nats.url, redis.url);
  stack.defer(() => one.dispose());
  const tellings = new Tellings(ENTITIES, 1);
  const tell = (index: number): Promise<unknown> => {
    const event = eventOf(tellings.next(index), {
      ...{ tenant: TENANT, provider: 'hostaway', lane: 'live', receipt: `receipt-${index}` },
      receivedAt: new Date().toISOString(),
    });
    return one.gate.within(TENANT, () => one.teller.tell(event, () => Promise.resolve()));
  };
  // Each once beforehand, so that the catalogue knows every door.
  for (let index = 0; index < ENTITIES; index++) await tell(index);
  const rates: Record<number, number> = {};
  for (const inFlight of inFlights) rates[inFlight] = await rateOf(ENTITIES, inFlight, ms, tell);
  return rates;
}
