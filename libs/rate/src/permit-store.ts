import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { isBulk, numberOf, SHARES } from './core/lanes.ts';
import { leapt, type Reply } from './core/leap.ts';
import { paid, weighed } from './core/weigh.ts';
import { HOLD_MS, SEND_WITHIN_MS, type Permit, type PermitAnswer, type Permits, type Scope, type Wanted } from './permits.ts';
import { scriptsOf, type Scripts } from './redis-scripts.ts';

/** The durable memory of which buckets were ever used: a bucket that Redis does not know is either new, or lost. */
export type FirstUse = (scope: string) => Promise<boolean>;

export type PermitStoreOptions = {
  firstUse: FirstUse;
  /** Part of each limit that the bulk lanes leave free for a live call; {@link LIVE_HEADROOM} unless told. */
  headroom?: number;
  /** Redis' clock in µs instead of TIME, for specs that move it. */
  redisNow?: () => number;
  /** Monotonic, ms. */
  elapsed?: () => number;
  pause?: (ms: number) => Promise<unknown>;
};

export const LIVE_HEADROOM = 0.1;

/** What the script is told of a bucket that it may not know. */
type Start = 'none' | 'ask' | 'fresh' | 'lost';
const US = 1_000;
/** For the way from the register to the script of whoever opens a bucket, ms. */
const OPENING_MS = 50;
/** Each bucket of a call is usually unknown twice at most. */
const ROUNDS_MAX = 10;
/** Room is kept for those who were told to come within `early`, and for as long after their instant as they may be late; after `grace` they are dead. */
const QUEUE = { early: 25 * US, grace: 1_000 * US } as const;
const LOOK_AGAIN_MS = 60_000;
/** Who waits for a call that is under way (a scope that is not lasting) looks so often whether it has ended, ms. */
const LOOK_AT_CALL_MS = 200;

/** Permits in Redis, which alone tells the time. One script decides on all scopes of a call together. */
export class PermitStore implements Permits {
  private readonly scripts: Scripts;
  /** Highest grant of each connection that this process was given: Redis' memory must not be older. */
  private readonly highest = new Map<string, number>();
  private readonly starting = new Map<string, Promise<Start>>();
  /** By provider, whose buckets are told of a leap together. */
  private readonly newest = new Map<string, Reply>();

  constructor(
    redis: Redis,
    private readonly options: PermitStoreOptions,
  ) {
    this.scripts = scriptsOf(redis);
  }

  async acquire(wanted: Wanted): Promise<PermitAnswer> {
    const { provider, scopes } = wanted;
    const starts = scopes.map(({ lasting }): Start => (lasting ? 'ask' : 'none'));
    const met = new Set<number>();
    for (let round = 1; round <= ROUNDS_MAX; round++) {
      const askedMs = this.elapsed();
      const id = randomUUID();
      const reply = await this.scripts.permit(this.keysOf(wanted), this.askOf(wanted, id, starts));
      const [redisUs, leap, answer, ...facts] = reply as [number, number, string, ...number[]];
      if (await this.hasLeapt(provider, { redisUs, askedMs, repliedMs: this.elapsed() }, leap))
        return { kind: 'wait', ms: HOLD_MS + Math.max(...scopes.map(({ windowMs }) => windowMs)) };
      if (answer === 'GRANTED') return { kind: 'granted', permit: this.permitOf(wanted, id, facts, askedMs) };
      if (answer === 'WAIT') return { kind: 'wait', ms: toldWait(facts[0]!, wanted.patienceMs) };
      for (const number of facts) starts[number - 1] = await this.startOf(scopes[number - 1]!, met.has(number));
      facts.forEach((number) => met.add(number));
    }
    throw new Error('a bucket is being lost again and again');
  }

  /** One question for all who meet the bucket at once: the second answer would be that it is lost. */
  private startOf({ key }: Scope, metBefore: boolean): Promise<Start> {
    const asking = this.starting.get(key) ?? this.ask(key, metBefore).finally(() => this.starting.delete(key));
    this.starting.set(key, asking);
    return asking;
  }

  /** kill -9 between the register and the script makes a new bucket a lost one: it opens later, never too early. */
  private async ask(key: string, metBefore: boolean): Promise<Start> {
    const asked = this.elapsed();
    const isFirst = await this.options.firstUse(key);
    // A process that slept over this may wake in a time when the bucket has been in use, and lost.
    if (isFirst) return this.elapsed() - asked < SEND_WITHIN_MS ? 'fresh' : 'lost';
    if (metBefore) return 'lost';
    // Another worker may be opening it just now.
    await (this.options.pause ?? sleep)(OPENING_MS);
    return 'ask';
  }

  /** Each process compares Redis' clock with its own; who finds a leap that nobody has told yet tells it. What was granted is not sent. */
  private async hasLeapt(provider: string, reply: Reply, toldUs: number): Promise<boolean> {
    const before = this.newest.get(provider);
    if (!before || reply.askedMs >= before.askedMs) this.newest.set(provider, reply);
    if (!before || toldUs > before.redisUs || !leapt(before, reply)) return false;
    await this.scripts.leap([clockKey(provider)], this.redisNow());
    return true;
  }

  async block(provider: string, scopes: readonly Scope[], ms: number): Promise<void> {
    const keys = scopes.filter(({ lasting }) => lasting).map(({ key }) => bucket(provider, key));
    if (keys.length > 0) await this.scripts.block([clockKey(provider), ...keys], { ...this.redisNow(), pause: ms * US });
  }

  private permitOf(wanted: Wanted, id: string, [observedAt, ...facts]: number[], asked: number): Permit {
    const { provider, connection, job, lane, operation, scopes } = wanted;
    this.highest.set(connection, Math.max(observedAt!, this.highest.get(connection) ?? 0));
    return {
      observedAt: observedAt!,
      used: scopes.map((scope, index) => facts[2 * index + 1]! / weighed(scope, 0).limit),
      // Reckoned from before the question: the grant was later, so the slot is held for longer than this allows.
      isGood: () => this.elapsed() - asked < SEND_WITHIN_MS,
      release: async (usage) => {
        await this.scripts.release([clockKey(provider), ...scopes.map(({ key }) => bucket(provider, key))], {
          ...{ ...this.redisNow(), id, job, lane: numberOf(lane), operation },
          scopes: scopes.map((scope, index) => paid(scope, facts[2 * index]!, usage)),
        });
      },
    };
  }

  private keysOf({ provider, connection, scopes }: Wanted): string[] {
    return [clockKey(provider), `${root(provider)}last:${connection}`, ...scopes.map(({ key }) => bucket(provider, key))];
  }

  private askOf(wanted: Wanted, id: string, starts: readonly Start[]): object {
    const { connection, tenant, lane, operation, job, others = [], place, scopes } = wanted;
    return {
      ...{ ...this.redisNow(), id, hold: HOLD_MS * US, floor: this.highest.get(connection) ?? 0 },
      ...{ job, others, look: LOOK_AT_CALL_MS * US },
      ...{ place, tenant, operation, lane: numberOf(lane), bulk: isBulk(lane), shares: SHARES, ...QUEUE },
      scopes: scopes.map((scope, index) => ({
        ...weighed(scope, this.options.headroom ?? LIVE_HEADROOM),
        start: starts[index]!,
      })),
    };
  }

  private redisNow(): { now?: number } {
    const now = this.options.redisNow?.();
    return now === undefined ? {} : { now };
  }

  private elapsed(): number {
    return this.options.elapsed?.() ?? performance.now();
  }
}

/**
 * Who will not wait so long here comes back early enough to wait for its very instant here: other ways of waiting are less punctual.
 * And nobody sleeps for long on what was foreseen: there may be more room by then, and nobody awake to take it.
 */
function toldWait(us: number, patienceMs: number): number {
  const ms = Math.ceil(us / US);
  return ms > patienceMs ? Math.min(ms - Math.floor(patienceMs / 2), LOOK_AGAIN_MS) : ms;
}

/** The braces keep a provider's buckets on one node of a cluster, so that one script may touch them together. */
const root = (provider: string): string => `rw:{permit-${provider}}:`;
const bucket = (provider: string, scope: string): string => `${root(provider)}${scope}`;
const clockKey = (provider: string): string => `${root(provider)}clock`;
