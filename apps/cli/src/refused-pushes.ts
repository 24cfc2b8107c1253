import { countSince, findDeadLetters, type DeadLetter, type NatsConnection } from '@roomwire/jetstream';

/** Orders to tell a provider something that were not carried out: each is a dead letter of the consumer that tried (docs/push.md). */
const PUSHES = { stage: 'push' };

/** Without one is read. @throws {BusError} */
export async function countRefused(nc: NatsConnection, tenant: string): Promise<number> {
  const [count = 0] = await countSince(nc, tenant, PUSHES, [0]);
  return count;
}

/** Oldest first, at most so many; what is ordered stays where it is. @throws {BusError} */
export async function refusedPushes(nc: NatsConnection, tenant: string, most: number): Promise<DeadLetter[]> {
  const found: DeadLetter[] = [];
  for await (const letter of findDeadLetters(nc, tenant, PUSHES, { headersOnly: true })) if (found.push(letter) === most) break;
  return found;
}
