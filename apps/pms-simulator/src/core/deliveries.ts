import type { Notice } from './act-scene.ts';
import { ticketFact, unitStatusFact, workFact } from './internal-facts.ts';
import { hash } from './random.ts';
import { afterTry, type TryResult, type Verdict } from './retry.ts';
import { signedHeaders } from './signature.ts';
import { countTry, type WebhookTally } from './tally.ts';
import type { Account, World } from './world.ts';

/** One webhook on its way. What it tells stays the same through all tries: what comes late is old. */
export type Delivery = {
  id: string;
  accountId: number;
  /** `internal`: of the housekeeping app; else which of the provider's. */
  hook: string;
  event: string;
  url: string;
  body: string;
  /** How long it is held back before the first try. */
  afterMs: number;
  tries: number;
  /** To which of the provider's registered webhooks. */
  target: number | string | null;
};

/** `afterMs`: how long the provider itself takes before it tells. */
export type Draft = Pick<Delivery, 'hook' | 'event' | 'url' | 'body' | 'target'> & { afterMs?: number };

/** A duplicate follows the first within this time. */
const DUPLICATE_WITHIN_MS = 200;

export const tallyOf = ({ tally }: Account, { hook }: Pick<Delivery, 'hook'>): WebhookTally =>
  hook === 'internal' ? tally.internalWebhooks : tally.webhooks;

type Telling = { world: World; account: Account; now: number; silent: boolean };

export function deliveriesFor({ world, account, now, silent }: Telling, notice: Notice): Delivery[] {
  const { faults, faultChance } = account;
  return [...account.provider.hooks.drafts(account, notice, now), ...internalDrafts(account, notice)].flatMap((draft) => {
    const tally = tallyOf(account, draft);
    const isDisabled = draft.hook === 'internal' ? faults.disableInternalWebhooks : faults.disableWebhooks;
    // A socket is nothing that was registered.
    const lost = silent || (isDisabled && draft.hook !== 'socket');
    if (lost) tally.suppressed += 1;
    if (lost) return [];
    const afterMs = (draft.afterMs ?? 0) + faults.delayMs + Math.floor(faultChance.next() * faults.disorderMs);
    const first = { ...draft, id: `msg_${runOf(world)}_${++world.deliveries}`, accountId: account.id, afterMs, tries: 0 };
    const again = { ...first, afterMs: afterMs + faultChance.int(1, DUPLICATE_WITHIN_MS) };
    const all = faultChance.happens(faults.duplicates) ? [first, again] : [first];
    tally.deliveries += all.length;
    tally.pending += all.length;
    return all;
  });
}

/** Apart between runs: a receiver may remember the ids of a run before this one, which had the same seed. */
const runOf = ({ tokenKey }: World): string => hash(tokenKey).toString(36);

function internalDrafts({ internalWebhook }: Account, notice: Notice): Draft[] {
  const facts = factsOf(notice);
  if (!internalWebhook || facts.length === 0) return [];
  return [{ hook: 'internal', event: 'facts', url: internalWebhook.url, body: JSON.stringify({ facts }), target: null }];
}

function factsOf(notice: Notice): object[] {
  if (notice.about === 'units') return notice.doors.map(unitStatusFact);
  if (notice.about === 'task') return [workFact(notice.work)];
  return notice.about === 'ticket' ? [ticketFact(notice.ticket)] : [];
}

/** The housekeeping app's have a signature over these bytes at this instant. */
export function headersFor(account: Account, delivery: Delivery, now: number): Record<string, string> {
  const json = { 'content-type': 'application/json' };
  if (delivery.hook === 'internal')
    return { ...json, ...signedHeaders(account.internalWebhook?.key ?? '', delivery.id, now, delivery.body) };
  return { ...json, ...account.provider.hooks.headers(account, delivery) };
}

export const bodyFor = ({ provider: { hooks } }: Account, delivery: Delivery): string =>
  delivery.hook === 'internal' ? delivery.body : (hooks.bodyOf?.(delivery) ?? delivery.body);

/** Counts the try and says what becomes of the delivery. */
export function settleTry(world: World, account: Account, delivery: Delivery, result: TryResult, now: number): Verdict {
  const { hooks } = account.provider;
  const tally = tallyOf(account, delivery);
  countTry(tally, result);
  const internal = delivery.hook === 'internal';
  const planned = internal ? afterTry(result, delivery.tries) : hooks.afterTry(account, delivery, result);
  const verdict = planned.kind === 'again' ? { ...planned, afterMs: planned.afterMs * world.timeScale } : planned;
  if (verdict.kind === 'again') tally.retried += 1;
  else tally.pending -= 1;
  if (verdict.kind === 'given-up') tally.givenUp += 1;
  if (verdict.kind !== 'again') hooks.settled?.(account, delivery, verdict.kind === 'done', now, world.timeScale);
  return verdict;
}
