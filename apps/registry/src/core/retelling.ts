import { isGone, kind, KINDS, type EntityRecord, type FacetState, type Kind } from '@roomwire/events';
import { z } from 'zod';

/** What a connection's records are to be told under, at least: its epoch, and its adapter's mapping. */
export type Target = { epoch: number; mapping: number };

/** A read that is not answered in so long, ms, is waited for no more: the next pass asks again. */
export const ANSWERED_WITHIN_MS = 600_000;
/** So often all names are gone over. The last pass is the one that finds nothing to ask; what nothing brings to the target is left. */
const PASSES_MAX = 3;
const STEP_EVERY_MS = 1_000;

/**
 * How far a connection's records have been asked for anew (KV `sync`, key `retell.<connection>`): the cursor is durable, so neither a
 * restart nor another replica begins again, and `done` is remembered for as long as the target stands.
 */
export const retelling = z.strictObject({
  epoch: z.int().min(0),
  mapping: z.int().min(0),
  pass: z.int().min(1),
  /** The last name that was looked at; null: all were. */
  at: z.strictObject({ kind, after: z.string() }).nullable(),
  /** Reads asked for and not seen answered; `since` in epoch ms. */
  waiting: z.array(z.strictObject({ name: z.string(), since: z.int() })),
  /** Of all passes. */
  asked: z.int().min(0),
  /** Of this pass: asked for, given up, and of kinds that nothing reads. */
  askedNow: z.int().min(0),
  unanswered: z.int().min(0),
  unreadable: z.int().min(0),
  /** Epoch ms of the next step. */
  notBefore: z.int(),
  done: z.boolean(),
});
export type Retelling = z.infer<typeof retelling>;
export type Cursor = NonNullable<Retelling['at']>;

const START: Pick<Retelling, 'at' | 'askedNow' | 'unanswered' | 'unreadable'> = {
  ...{ at: { kind: KINDS[0]!, after: '' }, askedNow: 0, unanswered: 0, unreadable: 0 },
};

/**
 * The walk that a target owes, where the one that is remembered is for less. Not before the provider's lag is over: under a new epoch
 * a read that is behind would win over what was pushed a moment before.
 */
export function begun(held: Retelling | undefined, target: Target, now: number, readLagMs: number): Retelling | undefined {
  if (held && held.epoch >= target.epoch && held.mapping >= target.mapping) return undefined;
  const epoch = Math.max(target.epoch, held?.epoch ?? 0);
  const mapping = Math.max(target.mapping, held?.mapping ?? 0);
  return { epoch, mapping, pass: 1, ...START, waiting: [], asked: 0, notBefore: now + readLagMs, done: false };
}

/**
 * A read could bring the record, or more of it, under the target. Every by-id read tells `existence` under its own epoch and mapping:
 * a facet that such a read has left as it was, made when the provider could no longer be behind, is not in the provider's answers.
 */
export function owesRetelling(record: EntityRecord, target: Target, lagMs: number): boolean {
  const read = record.facets['existence']?.version;
  if (isGone(record)) return read!.epoch < target.epoch;
  const isRead = read !== undefined && read.epoch >= target.epoch && read.mapping >= target.mapping;
  return Object.entries(record.facets).some(([name, state]) =>
    name === 'existence'
      ? state.version.epoch < target.epoch
      : isOlder(state, target) && !(isRead && read.observedAt >= state.version.modifiedAt + lagMs * 1000),
  );
}

/** A push that only by its mapping won over another's content has not been compared with it by anybody: a read does. */
function isOlder({ version, beside }: FacetState, { epoch, mapping }: Target): boolean {
  const wonByMapping = version.rank === 0 && Object.keys(beside ?? {}).some((other) => Number(other) < mapping);
  return version.epoch < epoch || version.mapping < mapping || wonByMapping;
}

/** What was found since the last step. */
export type Found = {
  /** Names of those waited for that owe it still. */
  owing: ReadonlySet<string>;
  /** Asked for now. */
  asked: readonly string[];
  unreadable: number;
  at: Cursor | null;
};

/** How many may be asked for now. */
export function roomOf({ waiting }: Retelling, { perSecond, inFlight }: { perSecond: number; inFlight: number }): number {
  return Math.max(0, Math.min(perSecond, inFlight - waiting.length));
}

/** The walk after a step; the same object where nothing has happened. */
export function stepped(before: Retelling, { owing, asked, unreadable, at }: Found, now: number): Retelling {
  const open = before.waiting.filter(({ name }) => owing.has(name));
  const waiting = open.filter(({ since }) => now - since < ANSWERED_WITHIN_MS);
  const moved = asked.length > 0 || at?.kind !== before.at?.kind || at?.after !== before.at?.after;
  if (!moved && waiting.length === before.waiting.length && (at || waiting.length > 0)) return before;
  const after: Retelling = {
    ...before,
    ...{ at, notBefore: now + STEP_EVERY_MS, asked: before.asked + asked.length, askedNow: before.askedNow + asked.length },
    ...{ unreadable: before.unreadable + unreadable, unanswered: before.unanswered + open.length - waiting.length },
    waiting: [...waiting, ...asked.map((name) => ({ name, since: now }))],
  };
  if (after.at || after.waiting.length > 0) return after;
  const isLast = after.askedNow === 0 || after.pass >= PASSES_MAX;
  return isLast ? { ...after, done: true } : { ...after, ...START, pass: after.pass + 1 };
}

/** The kinds that are still to be gone through, with where to begin in each. */
export function kindsFrom({ kind: first, after }: Cursor): { kind: Kind; after: string }[] {
  return KINDS.slice(KINDS.indexOf(first)).map((each) => ({ kind: each, after: each === first ? after : '' }));
}
