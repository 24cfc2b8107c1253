import type { Ready } from '../fleet.ts';
import { pause } from '../siege/provider.ts';
import { randomOf } from '../siege/random.ts';
import { isLab } from '../siege/settings.ts';
import { simulate } from '../simulator.ts';
import { ACCOUNTS, type ProviderName } from './accounts.ts';
import type { Standing } from './progress.ts';

/** How often each happens. What a provider does not know is not among its acts. */
const STAYS = { book: 16, extend: 8, shorten: 4, cancel: 7, move: 6 };
const HOURS = { lateCheckout: 6, earlyCheckin: 4 };
const ACTS: Record<ProviderName, Record<string, number>> = {
  hostaway: { ...STAYS, ...HOURS, confirm: 4, doorCode: 3, resend: 3, message: 6, rates: 3 },
  mews: { ...STAYS, ...HOURS, confirm: 4, checkIn: 6, checkOut: 6, noShow: 2, unitStatus: 8, ticket: 3 },
  cloudbeds: { ...STAYS, confirm: 4, checkIn: 6, checkOut: 6, noShow: 2, unitStatus: 8, remove: 1, ticket: 3 },
  beds24: { ...STAYS, confirm: 4, noShow: 2, message: 6, rates: 3 },
  smoobu: { ...STAYS, ...HOURS, resend: 3, remove: 1, message: 6, rates: 3 },
};
/** Found by polling alone. What was removed is in no list, and what is not a stay is listed whole and seldom. */
export const LOST = 0.1;
const NEVER_LOST: ReadonlySet<string> = new Set(['remove', 'message', 'unitStatus', 'ticket']);

/** Each of these costs reads, and Hostaway allows three in two seconds: of ten thousand changes a tenth is half an hour of them. */
const THIN = isLab ? 0.02 : 0.1;
/** Webhooks twice and in any order, some of Hostaway's in the forms that were seen in the wild, answers late, wrong and cut off. */
export const STORM = {
  ...{ duplicates: 0.2, disorderMs: 400, omitUpdatedOn: THIN, shortenedBodies: THIN, doublyEncoded: 0.2, payloadNested: 0.2 },
  ...{ respond429: 1, respond500: 2, cut: 1, laggingReadsMs: 3_000, slowBodyMs: 50, skewMs: 5_000 },
};

/** Everything as it should be. The clock stays as it is: set back, it would stamp what is newer as older. */
export const CALM = {
  ...{ duplicates: 0, disorderMs: 0, omitUpdatedOn: 0, shortenedBodies: 0, doublyEncoded: 0, payloadNested: 0 },
  ...{ respond429: 0, respond500: 0, cut: 0, laggingReadsMs: 0, slowBodyMs: 0 },
};

export type Story = { changes: number; everyMs: number; seed: number; weather: object; lost: number };

/** So many changes at one provider, with webhooks that come twice, late, in another order, and not at all. */
export async function tell(
  ready: Ready,
  provider: ProviderName,
  { changes, everyMs, seed, weather, lost }: Story,
  standing: Standing,
): Promise<void> {
  const { id: accountId } = ACCOUNTS[provider];
  const chance = randomOf(seed + accountId);
  await simulate(ready, 'faults', { accountId, ...weather });
  const acts = Object.entries(ACTS[provider]).flatMap(([act, weight]) => Array<string>(weight).fill(act));
  for (let tries = 0; standing.done < changes && tries < 25 * changes; tries++) {
    const begun = Date.now();
    const act = acts[Math.floor(chance() * acts.length)]!;
    const silent = !NEVER_LOST.has(act) && chance() < lost;
    const { sequence } = await simulate(ready, 'act', { act, accountId, silent });
    if (sequence === undefined) continue;
    standing.done++;
    if (silent) standing.lost++;
    await pause(Math.max(0, begun + everyMs - Date.now()));
  }
}
