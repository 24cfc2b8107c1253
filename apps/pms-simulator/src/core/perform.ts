import { type Act, type ActCommand } from './act-command.ts';
import { isRefused, sceneOf, type Acting, type Refused } from './act-scene.ts';
import { bookingActs } from './booking-acts.ts';
import { deliveriesFor, type Delivery } from './deliveries.ts';
import { housekeepingActs } from './housekeeping-acts.ts';
import { messageActs } from './message-acts.ts';
import { rfc3339 } from './stamps.ts';
import { stayActs } from './stay-acts.ts';
import type { Account, ActRecord, World } from './world.ts';

const ACTS: Record<Act, Acting> = { ...bookingActs, ...stayActs, ...messageActs, ...housekeepingActs };
/** The ledger shows the youngest. */
const ACTS_KEPT = 2_000;

export type Performed = { record: ActRecord; deliveries: Delivery[] };

/** Lets one act happen: changes the world, writes it down, and says which webhooks are to go. */
export function perform(
  ...[world, account, command, now, by]: [World, Account, ActCommand, number, ActRecord['by']]
): Performed | Refused {
  const done = ACTS[command.act](sceneOf(account, command, now, by === 'story' && !account.faults.ties));
  if (isRefused(done)) return done;
  const { kind, id, listings, notices } = done;
  const record = {
    sequence: ++world.sequence,
    at: rfc3339(now),
    accountId: account.id,
    act: command.act,
    by,
    kind,
    id,
    listings,
  };
  world.acts.push(record);
  if (world.acts.length > ACTS_KEPT * 2) world.acts.splice(0, ACTS_KEPT);
  return { record, deliveries: notices.flatMap((notice) => deliveriesFor(world, account, notice, command.silent)) };
}
