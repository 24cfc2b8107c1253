import { HEADER, parseHops, subjectOf, withHop, type EntityRecord, type FetchJob } from '@roomwire/events';
import type { Bus, Delivery } from '@roomwire/jetstream';
import type { Decoded, PmsErrorCode, ReadPlan } from '@roomwire/pms-port';
import { traceparentOf } from '@roomwire/telemetry';
import { randomUUID } from 'node:crypto';
import type { Decision } from './core/after.ts';
import { confirmation, tellsGone } from './core/gone.ts';
import { contextOf, laneOf, rawOf, type ReadAnswer } from './core/raw.ts';
import { ALL_OF_KIND } from './core/together.ts';
import type { Figures } from './figures.ts';
import { idOf, isOutdated, type Party } from './party.ts';
import { readPlan, type Refusal } from './plan.ts';
import type { Asked, Reader, ReadOutcome } from './reader.ts';

/** A job in hand that may be read; `plan` reads it alone. */
export type Member = { delivery: Delivery; job: FetchJob; party: Party; plan: ReadPlan };

/** What became of a job's read: told in the raw message of that receipt, to be asked once more, or not read. */
export type Fate =
  | { kind: 'stored'; receipt: string; storedAt: number; answer: ReadAnswer; together: number }
  | { kind: 'again'; job: FetchJob }
  | { kind: 'decision'; decision: Decision };

export type EntityReaderParts = {
  bus: Pick<Bus, 'publish' | 'message'>;
  reader: Pick<Reader, 'read'>;
  now: () => number;
  figures: Pick<Figures, 'hop'>;
};

/** One call for all jobs of a group, whose answer is stored once. Each of them has a fate of its own. */
export class EntityReader {
  constructor(private readonly parts: EntityReaderParts) {}

  /** Of one connection, kind, lane and operation. The fates are in the order of the members. */
  async read(members: readonly Member[]): Promise<Fate[]> {
    const { connection, provider } = members.at(-1)!.party;
    const plan =
      members.length === 1
        ? members[0]!.plan
        : readPlan(
            members.map(({ job }) => job),
            connection,
            provider,
          );
    if ('kind' in plan) return this.readHalves(members);
    const asked = this.askedBy(members);
    let outcome = await this.parts.reader.read(asked, connection, provider, plan);
    for (let next = further(members, outcome); next; next = further(members, outcome)) {
      if ('kind' in next) return members.map(() => ({ kind: 'decision', decision: next }));
      outcome = await this.parts.reader.read(asked, connection, provider, next);
    }
    if (members.length > 1 && mayBeOfOne(outcome)) return this.readHalves(members);
    return outcome.kind === 'decision' ? members.map(() => outcome) : this.take(members, outcome.answer);
  }

  /**
   * Under the id of the job that waits longest. After a kill -9 that comes again with whichever others, and their call takes over its slot.
   * Where one call reads many of a kind, all of that kind have one slot.
   */
  private askedBy(members: readonly Member[]): Asked {
    const { delivery, job, party } = members.reduce((first, each) => (each.delivery.seq < first.delivery.seq ? each : first));
    const isOfMany = party.provider.readsAtOnce(job.kind) > 1;
    const others = members.filter((each) => each.delivery !== delivery).map((each) => idOf(each.delivery));
    const isNeedless = async (): Promise<boolean> => {
      for (const each of members) if (!(await isOutdated(this.parts.bus, each.delivery))) return false;
      return true;
    };
    return { ...job, id: idOf(delivery), others, isNeedless, ...(isOfMany ? { entity: ALL_OF_KIND } : {}) };
  }

  /** One of them spoils the others, and nobody says which: it is found by halves, one call after the other. */
  private async readHalves(members: readonly Member[]): Promise<Fate[]> {
    const middle = Math.ceil(members.length / 2);
    const first = await this.read(members.slice(0, middle));
    return [...first, ...(await this.read(members.slice(middle)))];
  }

  /** Whom the answer calls gone for the first time asks again, and the answer that is stored was not asked for it. */
  private async take(members: readonly Member[], answer: ReadAnswer): Promise<Fate[]> {
    const { tellings, rejects } = toldBy(members, answer);
    if (members.length > 1 && rejects.length > 0 && !members.every(isToldIn(tellings))) return this.readHalves(members);
    const doubts = members.map(({ job }) => confirmation(job, tellsGone(job, tellings), this.parts.now()));
    const believed = members.filter((_, index) => !doubts[index]);
    const fates = await this.keep(members, believed, answer, rejects.length);
    return doubts.map((job) => (job ? { kind: 'again', job } : fates.shift()!));
  }

  /** `misread`: parts of the whole answer that nobody understands. */
  private async keep(
    members: readonly Member[],
    believed: readonly Member[],
    answer: ReadAnswer,
    misread: number,
  ): Promise<Fate[]> {
    if (believed.length === 0) return [];
    if (believed.length === members.length) return this.store(members, answer);
    const doubted = members.filter((member) => !believed.includes(member));
    const ids = answer.ids?.filter((id) => doubted.every(({ job }) => job.entity !== id)) ?? [];
    const rest = { ...answer, ids };
    const { tellings, rejects } = toldBy(believed, rest);
    // Of what is left out the answer says nothing. Where it says in so many words that one is gone, the others are read without that:
    // some adapters tell it again, and to others what was not asked for is a part of somebody else's answer.
    if (rejects.length > misread || doubted.some(({ job }) => tellsGone(job, tellings))) return this.read(believed);
    return this.store(believed, rest);
  }

  private async store(members: readonly Member[], answer: ReadAnswer): Promise<Fate[]> {
    const { bus, figures, now } = this.parts;
    const { delivery, job } = members[0]!;
    const { tenant, provider, connection } = job;
    const receipt = `read-${randomUUID()}`;
    const way = {
      hops: delivery.header(HEADER.hops),
      traceparent: traceparentOf(job.traceparent ?? delivery.header(HEADER.traceparent)),
    };
    const raw = rawOf(
      members.map((member) => member.job),
      answer,
      receipt,
      way,
    );
    for (const member of members) figures.hop('requested', laneOf(job), normalizedAt(member), answer.requestedAt);
    figures.hop('answered', laneOf(job), answer.requestedAt, answer.answeredAt);
    const storedAt = now();
    await bus.publish(subjectOf({ tenant, family: 'raw', lane: laneOf(job), provider, connection }), answer.bytes, {
      id: `raw:${receipt}`,
      headers: { ...raw.headers, [HEADER.hops]: withHop(raw.hops, 'stored', storedAt) },
    });
    return members.map(() => ({ kind: 'stored', receipt, storedAt, answer, together: members.length }));
  }
}

/** Refusals that may be for one of those who were asked for, of whom the others would be read. */
const OF_ONE: ReadonlySet<string> = new Set<PmsErrorCode>(['invalid-request', 'forbidden', 'malformed-answer']);

function mayBeOfOne(outcome: ReadOutcome): boolean {
  if (outcome.kind === 'answer') return outcome.answer.status === 404;
  return outcome.decision.kind === 'reject' && OF_ONE.has(outcome.decision.reason);
}

/** The request of the page on which the read goes on, where the answer is one of several and does not show what one job asks for. */
function further(members: readonly Member[], outcome: ReadOutcome): ReadPlan | Refusal | undefined {
  const [{ job, party }, ...others] = members as [Member, ...Member[]];
  if (others.length > 0 || outcome.kind !== 'answer' || outcome.answer.status !== 200) return undefined;
  const { cursor, bytes } = outcome.answer;
  const next = party.provider.readOn({ kind: job.kind, entities: [job.entity], cursor }, bytes);
  return next === undefined ? undefined : readPlan([job], party.connection, party.provider, next);
}

/** What normalizers will tell of it, but for its receipt. */
function toldBy(members: readonly Member[], answer: ReadAnswer): Decoded {
  const { job, party } = members.at(-1)!;
  const { id, tenant, account, unsaid } = party.connection;
  const context = contextOf(job.kind, answer, job.receipt);
  return party.provider.decode({ tenant, account, unsaid, connection: id, body: answer.bytes, context });
}

/** Where something cannot be understood, what the answer leaves out is not said to be gone: that may be it. */
function isToldIn(tellings: readonly EntityRecord[]): (member: Member) => boolean {
  return ({ job }) => tellings.some(({ kind, entity }) => kind === job.kind && entity === job.entity);
}

function normalizedAt({ delivery }: Member): number | undefined {
  return parseHops(delivery.header(HEADER.hops))['normalized'];
}
