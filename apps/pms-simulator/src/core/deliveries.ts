import type { Notice } from './act-scene.ts';
import { hash } from './random.ts';
import { afterTry, DISABLED_AFTER_MS, type TryResult, type Verdict } from './retry.ts';
import { signedHeaders } from './signature.ts';
import { countTry, type WebhookTally } from './tally.ts';
import { unifiedBody } from './webhook-body.ts';
import type { Account, UnifiedWebhook, World } from './world.ts';

/** One webhook on its way. Its bytes stay the same through all tries: what comes late is old. */
export type Delivery = {
  id: string;
  accountId: number;
  hook: 'unified' | 'internal';
  event: string;
  url: string;
  body: string;
  /** How long it is held back before the first try. */
  afterMs: number;
  tries: number;
  /** Of the unified webhook it goes to. */
  webhookId: number | null;
};

/** A duplicate follows the first within this time. */
const DUPLICATE_WITHIN_MS = 200;

export const tallyOf = ({ tally }: Account, { hook }: Pick<Delivery, 'hook'>): WebhookTally =>
  hook === 'unified' ? tally.webhooks : tally.internalWebhooks;

export function deliveriesFor(world: World, account: Account, notice: Notice, silent: boolean): Delivery[] {
  const { faults, faultChance } = account;
  const off = notice.hook === 'unified' ? faults.disableWebhooks : faults.disableInternalWebhooks;
  const drafts = notice.hook === 'unified' ? unifiedDrafts(account, notice) : internalDrafts(account, notice.facts);
  return drafts.flatMap((draft) => {
    const tally = tallyOf(account, draft);
    if (silent || off) tally.suppressed += 1;
    if (silent || off) return [];
    const afterMs = faults.delayMs + Math.floor(faultChance.next() * faults.disorderMs);
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

type Draft = Pick<Delivery, 'hook' | 'event' | 'url' | 'body' | 'webhookId'>;

function unifiedDrafts(account: Account, notice: Extract<Notice, { hook: 'unified' }>): Draft[] {
  const enabled = account.webhooks.filter((webhook) => webhook.enabled);
  if (enabled.length === 0) return [];
  const body = unifiedBody(account, notice);
  return enabled.map(({ id, url }) => ({ hook: 'unified', event: notice.event, url, body, webhookId: id }));
}

function internalDrafts({ internalWebhook }: Account, facts: object[]): Draft[] {
  if (!internalWebhook) return [];
  return [{ hook: 'internal', event: 'facts', url: internalWebhook.url, body: JSON.stringify({ facts }), webhookId: null }];
}

/** Hostaway: Basic auth and nothing signed. The housekeeping app: a signature over these bytes at this instant. */
export function headersFor(account: Account, delivery: Delivery, now: number): Record<string, string> {
  const json = { 'content-type': 'application/json' };
  if (delivery.hook === 'internal')
    return { ...json, ...signedHeaders(account.internalWebhook?.key ?? '', delivery.id, now, delivery.body) };
  const webhook = webhookOf(account, delivery);
  if (!webhook || (webhook.login === null && webhook.password === null)) return json;
  const basic = Buffer.from(`${webhook.login ?? ''}:${webhook.password ?? ''}`).toString('base64');
  return { ...json, authorization: `Basic ${basic}` };
}

/** Counts the try and says what becomes of the delivery; a webhook that fails for five days is switched off. */
export function settleTry(world: World, account: Account, delivery: Delivery, result: TryResult, now: number): Verdict {
  const tally = tallyOf(account, delivery);
  countTry(tally, result);
  const verdict = afterTry(result, delivery.tries, world.timeScale);
  if (verdict.kind === 'again') tally.retried += 1;
  else tally.pending -= 1;
  if (verdict.kind === 'given-up') tally.givenUp += 1;
  const webhook = webhookOf(account, delivery);
  if (webhook && verdict.kind !== 'again') keepScore(webhook, verdict.kind === 'done', now, world.timeScale);
  return verdict;
}

function keepScore(webhook: UnifiedWebhook, arrived: boolean, now: number, timeScale: number): void {
  webhook.failingSince = arrived ? null : (webhook.failingSince ?? now);
  if (webhook.failingSince !== null && now - webhook.failingSince >= DISABLED_AFTER_MS * timeScale) webhook.enabled = false;
}

const webhookOf = (account: Account, { webhookId }: Delivery): UnifiedWebhook | undefined =>
  account.webhooks.find(({ id }) => id === webhookId);
