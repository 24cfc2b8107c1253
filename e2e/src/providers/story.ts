import type { Ready } from '../fleet.ts';
import { pause } from '../siege/provider.ts';
import { randomOf } from '../siege/random.ts';
import { ACCOUNTS, simulate, type ProviderName } from './accounts.ts';

/** How often each happens. What a provider does not know is not among its acts. */
const STAYS = { book: 16, extend: 8, shorten: 4, cancel: 7, move: 6 };
const HOURS = { lateCheckout: 6, earlyCheckin: 4 };
const ACTS: Record<ProviderName, Record<string, number>> = {
  hostaway: { ...STAYS, ...HOURS, confirm: 4, doorCode: 3, resend: 3, message: 6 },
  mews: { ...STAYS, ...HOURS, confirm: 4, checkIn: 6, checkOut: 6, noShow: 2, unitStatus: 8, ticket: 3 },
  cloudbeds: { ...STAYS, confirm: 4, checkIn: 6, checkOut: 6, noShow: 2, unitStatus: 8, remove: 1, ticket: 3 },
  beds24: { ...STAYS, confirm: 4, noShow: 2, message: 6 },
  smoobu: { ...STAYS, ...HOURS, resend: 3, remove: 1, message: 6 },
};
/** Found by polling alone. What was removed is in no list, and what is not a stay is listed whole and seldom. */
const LOST = 0.1;
const NEVER_LOST: ReadonlySet<string> = new Set(['remove', 'message', 'unitStatus', 'ticket']);

/** Webhooks twice and in any order, some of Hostaway's in the forms that were seen in the wild, answers late, wrong and cut off. */
const WEATHER = {
  ...{ duplicates: 0.2, disorderMs: 400, omitUpdatedOn: 0.1, shortenedBodies: 0.1, doublyEncoded: 0.2, payloadNested: 0.2 },
  ...{ respond429: 1, respond500: 2, cut: 1, laggingReadsMs: 3_000, slowBodyMs: 50, skewMs: 5_000 },
};

/** So many changes at one provider, with webhooks that come twice, late, in another order, and not at all. */
export async function tell(
  ready: Ready,
  provider: ProviderName,
  { changes, everyMs, seed }: { changes: number; everyMs: number; seed: number },
): Promise<{ done: number; lost: number }> {
  const { id: accountId } = ACCOUNTS[provider];
  const chance = randomOf(seed + accountId);
  await simulate(ready, 'faults', { accountId, ...WEATHER });
  const acts = Object.entries(ACTS[provider]).flatMap(([act, weight]) => Array<string>(weight).fill(act));
  let [done, lost] = [0, 0];
  for (let tries = 0; done < changes && tries < 5 * changes; tries++) {
    const act = acts[Math.floor(chance() * acts.length)]!;
    const silent = !NEVER_LOST.has(act) && chance() < LOST;
    const { sequence } = await simulate(ready, 'act', { act, accountId, silent });
    if (sequence === undefined) continue;
    done++;
    if (silent) lost++;
    await pause(everyMs);
  }
  return { done, lost };
}
