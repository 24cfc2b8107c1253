import { parseHops, type OutcomeMessage, type Subject } from '@roomwire/events';
import { age } from './table.ts';

/** A message that stands in a stream. `at`: when the broker stored it, epoch ms. */
type Standing = { seq: number; at: number };
type Queued = Standing & {
  subject: Subject;
  /** False: whoever takes it has not been handed it yet. Null: nobody takes such messages here. */
  isHanded: boolean | null;
};
/** All that was found of one receipt in one tenant. */
export type Traced = {
  tenant: string;
  receipt: string;
  /** Of the first message that is left of it, or of an outcome. */
  hops: Record<string, number>;
  raw: Queued[];
  events: Queued[];
  jobs: Queued[];
  copies: (Standing & { stage: string; dueAt: number; parkedFor: string | null; attempts: number })[];
  letters: { id: string; at: number; stage: string; reason: string; detail: string; pointer: string }[];
  outcomes: (OutcomeMessage & { at: number })[];
  changes: (Standing & { type: string; about: string; revision: number })[];
  /** What was not looked at, in words. */
  unseen: string[];
  /** Reads that it caused, each under a receipt of its own. */
  reads: Traced[];
};

/** One thing that happened. `at`: epoch ms, by the clock of whoever stamped it. */
export type Step = { at: number; where: string; what: string; depth: number };

const WHO: Record<string, string> = {
  received: 'ingest-gateway',
  requested: 'sync-worker',
  answered: 'sync-worker',
  stored: 'broker',
  normalized: 'normalizer',
  applied: 'registry',
};
const SAID: Record<string, string> = {
  received: 'its bytes arrived',
  requested: 'a read was sent to the provider',
  answered: 'the provider answered',
  stored: 'handed to the broker',
  normalized: 'taken apart into events and jobs',
};

/** What happened, in the order of the stamps. Reads that it caused stand among the rest, one step further in. */
export function stepsOf(traced: Traced, depth = 0): Step[] {
  const step = (at: number, where: string, what: string): Step => ({ at, where, what, depth });
  const hops = Object.entries(traced.hops)
    .filter(([name]) => name in SAID)
    .map(([name, at]) => step(at, WHO[name]!, SAID[name]!));
  const steps = [
    ...hops,
    ...traced.raw.map(({ at, isHanded }) => step(at, 'WORK', `raw, ${handed(isHanded)}`)),
    ...traced.events.map(({ at, subject, isHanded }) => step(at, 'WORK', `event of ${nameOf(subject)}, ${handed(isHanded)}`)),
    ...traced.jobs.map(({ at, subject, isHanded }) => step(at, 'FETCH', `a read of ${nameOf(subject)}, ${handed(isHanded)}`)),
    ...traced.copies.map(({ at, stage, parkedFor }) =>
      step(at, 'WORK', `put off by ${stage}${parkedFor ? `, until ${parkedFor} is active` : ''}`),
    ),
    ...traced.outcomes.map((outcome) => step(outcome.hops['applied'] ?? outcome.at, outcome.stage, outcomeText(outcome))),
    ...traced.changes.map(({ at, seq, type, about, revision }) =>
      step(at, 'STATE', `${type} ${about}, revision ${revision}, message ${seq}`),
    ),
    ...traced.letters.map((letter) => step(letter.at, 'DEAD', letterText(letter))),
    ...traced.reads.flatMap((read) => stepsOf(read, depth + 1)),
  ];
  return steps.sort((a, b) => a.at - b.at);
}

/** Where it is now: what is not over first, then what came of the rest; a line each. Empty: nothing names it. */
export function answersOf(traced: Traced, now: number): string[] {
  const waits = [
    ...traced.letters.map((letter) => `dead letter ${letterText(letter)}`),
    ...traced.copies.map(({ dueAt, parkedFor, stage }) =>
      parkedFor
        ? `waiting: parked by ${stage} until ${parkedFor} is active`
        : `waiting: a copy of ${stage} is due ${dueAt > now ? `in ${age(now, dueAt)}` : 'now'}`,
    ),
    ...traced.raw.map(({ at, isHanded }) => `waiting: raw, ${handed(isHanded)} for ${age(at, now)}`),
    ...traced.events.map(
      ({ at, subject, isHanded }) => `waiting: event of ${nameOf(subject)}, ${handed(isHanded)} for ${age(at, now)}`,
    ),
    ...traced.jobs.map(
      ({ at, subject, isHanded }) => `waiting: a read of ${nameOf(subject)}, ${handed(isHanded)} for ${age(at, now)}`,
    ),
  ];
  return [
    ...waits,
    ...endsOf(traced),
    ...traced.reads.flatMap((read) => answersOf(read, now).map((line) => `read ${read.receipt}: ${line}`)),
  ];
}

export const isKnown = (traced: Traced): boolean => stepsOf(traced).length > 0;

/** The last word on each entity: a message that came twice has an outcome each time, and the first is what it did. */
function endsOf({ outcomes, hops }: Traced): string[] {
  const began = hops['received'] ?? hops['requested'];
  const did = outcomes.filter(({ stage, verdict, kind, entity }) => {
    const isRepeat =
      verdict === 'duplicate' &&
      outcomes.some((other) => other.kind === kind && other.entity === entity && other.verdict !== 'duplicate');
    return !isRepeat && !(stage === 'sync-worker' && verdict === 'read');
  });
  return did.map((outcome) => {
    const at = outcome.hops['applied'];
    const took =
      began === undefined || at === undefined
        ? ''
        : `, ${at - began} ms after ${hops['received'] === undefined ? 'the request' : 'receipt'}`;
    return `${outcomeText(outcome)}${took}`;
  });
}

function outcomeText({ verdict, kind, entity, connection, revision, detail }: OutcomeMessage): string {
  const name = kind && entity ? `${kind} ${connection}/${entity}` : '';
  if (verdict === 'applied' || verdict === 'confirmed') return `${verdict} as revision ${revision} of ${name}`;
  if (verdict === 'read') return `${name} was read: ${detail}`;
  const why = {
    hinted: 'a hint, so a read was asked for',
    stale: 'older than what is known',
    duplicate: 'told before',
    past: 'past the horizon',
  };
  const more = verdict in why ? why[verdict as keyof typeof why] : detail;
  return [`${verdict}${name && ` ${name}`}`, more].filter(Boolean).join(': ');
}

const letterText = ({ id, reason, detail, pointer }: Traced['letters'][number]): string =>
  [`${id}: ${reason}`, pointer || detail].filter(Boolean).join(' ');

const handed = (isHanded: boolean | null): string =>
  isHanded === null ? 'which nobody takes' : isHanded ? 'in hand or handed over again soon' : 'not taken up yet';

function nameOf(subject: Subject): string {
  if (subject.family === 'fetch') return `${subject.kind} ${subject.connection}/${subject.entity}`;
  return subject.family === 'event' ? `${subject.pipeline}, ${subject.property}` : subject.family;
}

/** The durable that takes such messages. */
export function takerOf(subject: Subject): string | undefined {
  if (subject.family === 'raw') return `normalizer-${subject.lane}`;
  if (subject.family === 'fetch') return `fetch-${subject.provider}-${subject.lane}`;
  if (subject.family !== 'event') return undefined;
  return subject.lane === 'live' ? `registry-live-${subject.pipeline}` : 'registry-bulk';
}

/** Every stamp that anything of it carries: of two of one name the first. */
export function hopsOf(headers: readonly string[], outcomes: readonly OutcomeMessage[]): Record<string, number> {
  const all = [...headers.map(parseHops), ...outcomes.map(({ hops }) => hops)];
  const first: Record<string, number> = {};
  for (const hops of all) for (const [name, at] of Object.entries(hops)) first[name] = Math.min(first[name] ?? at, at);
  return first;
}
