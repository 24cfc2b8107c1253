import { type Act, type ActCommand } from './act-command.ts';
import { isRefused, refuse, sceneOf, type Acting, type Done, type Refused } from './act-scene.ts';
import { bookingActs } from './booking-acts.ts';
import { deliveriesFor, type Delivery } from './deliveries.ts';
import { housekeepingActs } from './housekeeping-acts.ts';
import { messageActs } from './message-acts.ts';
import { rateActs } from './rates.ts';
import { rfc3339 } from './stamps.ts';
import { stayActs } from './stay-acts.ts';
import type { Account, ActRecord, World } from './world.ts';

const ACTS: Record<Act, Acting> = { ...bookingActs, ...stayActs, ...messageActs, ...housekeepingActs, ...rateActs };
/** The ledger shows the youngest. */
const ACTS_KEPT = 2_000;

export type Performed = { record: ActRecord; deliveries: Delivery[] };

/** Lets one act happen: changes the world, writes it down, and says which webhooks are to go. */
export function perform(
  ...[world, account, command, now, by]: [World, Account, ActCommand, number, ActRecord['by']]
): Performed | Refused {
  if (account.provider.story.lacks.includes(command.act)) return refuse(`${account.provider.name} knows no ${command.act}`);
  const done = ACTS[command.act](sceneOf(account, command, now, by === 'story' && !account.faults.ties));
  if (isRefused(done)) return done;
  return written({ world, account, now, by, act: command.act, silent: command.silent }, done);
}

type Deed = { world: World; account: Account; now: number; by: ActRecord['by']; act: string; silent: boolean };

/** Writes down what has been done, and what is to be told of it. */
export function written({ world, account, now, by, act, silent }: Deed, { kind, id, listings, notices }: Done): Performed {
  const record = { sequence: ++world.sequence, at: rfc3339(now), accountId: account.id, act, by, kind, id, listings };
  world.acts.push(record);
  if (world.acts.length > ACTS_KEPT * 2) world.acts.splice(0, ACTS_KEPT);
  return { record, deliveries: notices.flatMap((notice) => deliveriesFor({ world, account, now, silent }, notice)) };
}
