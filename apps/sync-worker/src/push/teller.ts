import type { PushOrder } from '@roomwire/events';
import { reject, retry, type Delivery, type Verdict } from '@roomwire/jetstream';
import { PmsError, type PmsErrorCode, type PushOutcome, type PushPlan } from '@roomwire/pms-port';
import { isDeepStrictEqual } from 'node:util';
import type { Decision } from '../core/after.ts';
import { ALL_OF_KIND } from '../core/together.ts';
import type { Figures } from '../figures.ts';
import { idOf, verdictOf, type Party } from '../party.ts';
import { OVERTAKEN, type Asked, type Reader } from '../reader.ts';
import { oldestNight } from './core/nights.ts';
import { claimsOf } from './core/order.ts';
import { accepted, intended, owed, refused, type Fate, type Standing } from './core/standing.ts';
import { commandsOf, targetKey, type Target, type Told } from './core/target.ts';
import type { Held, StandingLedger } from './standing-ledger.ts';

/** An order in hand that is not about a message. */
export type Member = { delivery: Delivery; order: PushOrder; party: Party };
/** What became of an order: how many of its nights and tasks are told, and how many others have overtaken. Or its verdict. */
export type Outcome = { kind: 'told'; cells: number; overtaken: number } | { kind: 'verdict'; verdict: Verdict };

export type TellerParts = {
  ledger: StandingLedger;
  reader: Pick<Reader, 'read'>;
  figures: Pick<Figures, 'told'>;
  now: () => number;
};

/** A command on its way, and the standing that it is owed by. */
type Item = Told & { held: Held };
type Work = { party: Party; asked: Asked; targets: ReadonlyMap<string, { held: Held; target: Target }> };

/** No call of a group is begun after this: what is left is for the next delivery, ms. */
const GROUP_MS_MAX = 25_000;
/** Refusals that may be for one command of those that a call carries. */
const OF_ONE: ReadonlySet<string> = new Set<PmsErrorCode>(['invalid-request', 'forbidden', 'not-found', 'malformed-answer']);

/**
 * Tells a provider what orders want of it. What an order wants is put into the standing of its targets, and what is owed there is told
 * in as few calls as can be; so the order in which orders come does not matter, and who comes twice finds nothing owed. Before each
 * call, with the permit in hand, what it tells is noted as perhaps told: a kill -9 at any point leaves it owed.
 */
export class Teller {
  constructor(private readonly parts: TellerParts) {}

  /** Of one connection, kind and lane. The outcomes are in the order of the members. */
  async tell(members: readonly Member[]): Promise<Outcome[]> {
    const first = members.reduce((one, each) => (each.delivery.seq < one.delivery.seq ? each : one));
    const targets = await this.take(members);
    const work = { party: members.at(-1)!.party, asked: askedBy(first), targets };
    const problem = await this.work(work);
    return members.map((member) => outcomeOf(member, targets, problem));
  }

  /** Puts the orders into the standings, each once. */
  private async take(members: readonly Member[]): Promise<Work['targets']> {
    const { ledger, now } = this.parts;
    const oldest = oldestNight(now());
    const targets = new Map<string, { target: Target; changes: ((before: Standing) => Standing)[] }>();
    for (const { order } of members)
      for (const { target, change } of claimsOf(order)) {
        const key = targetKey(order.connection, target);
        const known = targets.get(key) ?? { target, changes: [] };
        known.changes.push(change);
        targets.set(key, known);
      }
    const taken = [...targets].map(async ([key, { target, changes }]) => {
      const standing = await ledger.read(key);
      await ledger.change(standing, oldest, (before) => changes.reduce((so, change) => change(so), before));
      return [key, { held: standing, target }] as const;
    });
    return new Map(await Promise.all(taken));
  }

  /** Until nothing is owed, or something stands in the way. */
  private async work(work: Work): Promise<Decision | undefined> {
    const until = this.parts.now() + GROUP_MS_MAX;
    for (;;) {
      const items = [...work.targets.values()].flatMap(({ held: of, target }) =>
        commandsOf(target, owed(of.standing)).map((told): Item => ({ ...told, held: of })),
      );
      if (items.length === 0) return undefined;
      const problem = await this.send(work, items, until);
      if (problem) return problem;
    }
  }

  /** As few calls as the provider allows. Where nobody says which of them it refuses, that is found by halves. */
  private async send(work: Work, items: readonly Item[], until: number): Promise<Decision | undefined> {
    const { connection, provider } = work.party;
    let plans: PushPlan[];
    try {
      plans = provider.pushRequests(
        items.map(({ command }) => command),
        connection,
      );
    } catch (error) {
      if (!(error instanceof PmsError)) throw error;
      return this.spoilt(work, items, until, { code: error.code, detail: error.message });
    }
    for (const plan of plans) {
      if (this.parts.now() > until) return { kind: 'defer', reason: 'more-to-tell', afterMs: 0 };
      const problem = await this.call(work, plan, items, until);
      if (problem) return problem;
    }
    return undefined;
  }

  private async call(work: Work, plan: PushPlan, items: readonly Item[], until: number): Promise<Decision | undefined> {
    const { connection, provider } = work.party;
    const carried = plan.carries.map((position) => items[position]!);
    const outcome = await this.parts.reader.read(work.asked, connection, provider, plan, () => this.intend(carried));
    if (outcome.kind === 'answer') {
      const { status, bytes } = outcome.answer;
      const gone: PushOutcome = { kind: 'refused', code: 'not-found', detail: `status ${status}` };
      return this.note(provider.provider, carried, status < 300 ? provider.pushed(plan, bytes) : carried.map(() => gone));
    }
    const { decision } = outcome;
    if (decision.reason === OVERTAKEN) return undefined;
    if (decision.kind !== 'reject' || !OF_ONE.has(decision.reason)) return decision;
    return this.spoilt(work, carried, until, { code: decision.reason, detail: decision.detail ?? '' });
  }

  private async spoilt(
    work: Work,
    items: readonly Item[],
    until: number,
    why: { code: string; detail: string },
  ): Promise<Decision | undefined> {
    if (items.length > 1) {
      const middle = Math.ceil(items.length / 2);
      return (await this.send(work, items.slice(0, middle), until)) ?? (await this.send(work, items.slice(middle), until));
    }
    return this.note(
      work.party.provider.provider,
      items,
      items.map(() => ({ kind: 'refused', code: why.code as PmsErrorCode, detail: why.detail })),
    );
  }

  /** False: something else is wanted by now. From here on nobody knows what the provider has heard. */
  private async intend(items: readonly Item[]): Promise<boolean> {
    const isStill = await Promise.all(
      byStanding(items).map(async ([of, own]) => {
        let isWanted = true;
        await this.change(of, (standing) => {
          const open = new Map(owed(standing));
          isWanted = own.every(({ cells, wanted }) => cells.every((cell) => isDeepStrictEqual(open.get(cell), wanted)));
          return isWanted ? own.reduce((before, { cells }) => intended(before, cells), standing) : standing;
        });
        return isWanted;
      }),
    );
    return isStill.every(Boolean);
  }

  private async note(provider: string, items: readonly Item[], outcomes: readonly PushOutcome[]): Promise<Decision | undefined> {
    const fates = new Map(items.map((item, index) => [item, outcomes[index] ?? { kind: 'unknown' as const }]));
    for (const [item, { kind }] of fates) this.parts.figures.told(provider, item.command.kind, kind, item.cells.length);
    await Promise.all(
      byStanding(items).map(([of, own]) =>
        this.change(of, (standing) => own.reduce((before, item) => after(before, item, fates.get(item)!), standing)),
      ),
    );
    return [...fates.values()].some(({ kind }) => kind === 'unknown') ? { kind: 'retry', reason: 'push-unknown' } : undefined;
  }

  private change(of: Held, change: (standing: Standing) => Standing): Promise<void> {
    return this.parts.ledger.change(of, oldestNight(this.parts.now()), change);
  }
}

/** What the provider is still at work on it has taken: a webhook or a read tells the end. */
function after(standing: Standing, { cells, wanted }: Told, outcome: PushOutcome): Standing {
  if (outcome.kind === 'unknown') return standing;
  if (outcome.kind !== 'refused') return accepted(standing, cells, wanted);
  return refused(standing, cells, wanted, { code: outcome.code, detail: outcome.detail });
}

function byStanding(items: readonly Item[]): [Held, Item[]][] {
  return [...Map.groupBy(items, ({ held: of }) => of)];
}

/**
 * One call of a kind at a time for each connection in the fleet: of two the later would otherwise be overtaken on its way. Under the
 * name of the order that waits longest: after a kill -9 it is that again, and takes over its own slot.
 */
function askedBy({ delivery, order }: Member): Asked {
  const { tenant, provider, connection, lane, what } = order;
  return {
    ...{ id: idOf(delivery), tenant, provider, connection, lane: lane === 'critical' ? 'push' : 'poll' },
    ...{ kind: `push-${what.kind === 'hold' ? 'availability' : what.kind}`, entity: ALL_OF_KIND },
  };
}

function outcomeOf({ order, party }: Member, targets: Work['targets'], problem: Decision | undefined): Outcome {
  const fates = claimsOf(order).map(({ target, fateIn }) =>
    fateIn(targets.get(targetKey(order.connection, target))!.held.standing),
  );
  const sum = (of: (fate: Fate) => number): number => fates.reduce((all, fate) => all + of(fate), 0);
  const no = fates.flatMap((fate) => fate.refused);
  if (sum(({ owed: open }) => open) > 0)
    return { kind: 'verdict', verdict: problem ? verdictOf(problem, party.connection) : retry(OVERTAKEN) };
  const [first] = no;
  if (first) {
    const where = first.cell === '' ? '' : `${no.length} of ${sum(({ cells }) => cells)} nights, the first ${first.cell}: `;
    return { kind: 'verdict', verdict: reject(first.code, `${where}${first.detail}`) };
  }
  return { kind: 'told', cells: sum(({ cells }) => cells), overtaken: sum(({ overtaken }) => overtaken) };
}
