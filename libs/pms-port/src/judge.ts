import { ENTITY_ID_BYTES_MAX, recordSchema, utf8Bytes, type EntityRecord, type Kind, type RawContext } from '@roomwire/events';
import type { Decoded, Hint, PmsAdapter, RawMessage } from './adapter.ts';
import { rejectOf, type Reject, type RejectReason } from './reject.ts';

/** A push may be stamped so much after its receipt: clocks differ. Beyond that its stamp would shut out the truth for as long. */
export const FUTURE_TOLERANCE_MS = 5 * 60_000;

/** What an adapter decoded, held against the contract: each part goes on, becomes a hint, or is a reject. Nothing vanishes. */
export function judge(adapter: PmsAdapter, raw: RawMessage, decoded: Decoded): Decoded {
  const verdict: Decoded = { tellings: [], hints: [], rejects: [...decoded.rejects], ignored: [...decoded.ignored] };
  for (const telling of decoded.tellings) {
    const doubt = doubtOf(adapter, raw, telling);
    if (!doubt) verdict.tellings.push(telling);
    else if (doubt.kind === 'reject') verdict.rejects.push(doubt.reject);
    else verdict.hints.push({ kind: telling.kind, entity: telling.entity, reason: 'hint' });
  }
  for (const hint of decoded.hints) {
    const reject = hintProblem(adapter, hint);
    if (reject) verdict.rejects.push(reject);
    else verdict.hints.push(hint);
  }
  const silent = verdict.tellings.length + verdict.hints.length + verdict.rejects.length + verdict.ignored.length === 0;
  if (silent) verdict.rejects.push(rejected('schema', 'the adapter made nothing of these bytes'));
  return { ...verdict, hints: once(verdict.hints), rejects: onePerPointer(verdict.rejects) };
}

type Doubt = { kind: 'hint' } | { kind: 'reject'; reject: Reject };

function doubtOf(adapter: PmsAdapter, raw: RawMessage, telling: EntityRecord): Doubt | undefined {
  const parsed = recordSchema.safeParse(telling);
  if (!parsed.success) return refuse(rejectOf(parsed.error, telling));
  const name = `${telling.kind} told`;
  if (telling.connection !== raw.connection) return refuse(rejected('schema', `${name} of another connection`));
  if (Object.keys(telling.facets).length === 0) return refuse(rejected('schema', `${name} without a facet`));
  const clock = adapter.clocks[telling.kind];
  if (!clock) return refuse(rejected('no-clock', `the adapter declares no clock for a ${telling.kind}`));
  const broken = versionProblem(adapter, raw.context, telling);
  if (broken) return refuse(rejected('schema', `${name} ${broken}`));
  if (raw.context.via === 'read') return undefined;
  if (clock.clock === 'observed') return hintOr(adapter, telling.kind, 'no-clock', 'pushed, and only a read has a time for it');
  const latest = (Date.parse(raw.context.receivedAt) + FUTURE_TOLERANCE_MS) * 1000;
  if (Object.values(telling.facets).some((facet) => facet.version.modifiedAt > latest))
    return hintOr(adapter, telling.kind, 'future-stamp', 'stamped more than 5 minutes after its receipt');
  return undefined;
}

/** Versions are made by the port's stamps; what breaks their rules would break the order of everything told later. */
function versionProblem(adapter: PmsAdapter, context: RawContext, telling: EntityRecord): string | undefined {
  const observed = adapter.clocks[telling.kind]?.clock === 'observed';
  for (const [name, { version, settled }] of Object.entries(telling.facets)) {
    if (version.epoch !== 0 || version.mapping !== adapter.mapping) return `with a foreign epoch or mapping in "${name}"`;
    if (context.via === 'push') {
      if (name === 'existence') return 'with "existence", which only a by-id read knows';
      if (version.rank !== 0 || version.observedAt !== 0 || settled) return `with a read's version in "${name}", by a push`;
      continue;
    }
    if (version.rank !== 1 || version.observedAt !== context.read.observedAt) return `with another read's version in "${name}"`;
    if (name === 'existence' && !context.read.ids) return 'with "existence", by a read that named no ids';
    if ((observed || name === 'existence') && version.modifiedAt !== version.observedAt)
      return `with a stamp that is not the read's in "${name}"`;
  }
  return undefined;
}

function hintOr(adapter: PmsAdapter, kind: Kind, reason: RejectReason, why: string): Doubt {
  return adapter.capabilities.reads.includes(kind) ? { kind: 'hint' } : refuse(rejected(reason, `${kind} ${why}`));
}

function hintProblem(adapter: PmsAdapter, { kind, entity }: Hint): Reject | undefined {
  if (!adapter.capabilities.reads.includes(kind)) return rejected('no-clock', `a ${kind} is hinted, and nothing can read it`);
  if (entity === '' || !entity.isWellFormed()) return rejected('schema', `a ${kind} is hinted without an id`);
  return utf8Bytes(entity) > ENTITY_ID_BYTES_MAX ? rejected('id-too-long', `a ${kind} is hinted`) : undefined;
}

function rejected(reason: RejectReason, detail: string): Reject {
  return { reason, pointer: '', detail };
}

function refuse(reject: Reject): Doubt {
  return { kind: 'reject', reject };
}

/** Two words of one message about one entity are one read. Across messages hints are never deduplicated here. */
function once(hints: Hint[]): Hint[] {
  return [...new Map(hints.map((hint) => [JSON.stringify([hint.kind, hint.entity]), hint])).values()];
}

/** A dead letter is named by its pointer: a second one would be taken for its copy, and its detail be lost. */
function onePerPointer(rejects: Reject[]): Reject[] {
  const byPointer = new Map<string, Reject>();
  for (const reject of rejects) {
    const same = byPointer.get(reject.pointer);
    byPointer.set(reject.pointer, same ? { ...same, detail: `${same.detail}; ${reject.detail}`.slice(0, 500) } : reject);
  }
  return [...byPointer.values()];
}
