import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { HOLD_MS, SEND_WITHIN_MS, type Permit, type PermitAnswer, type Permits, type Scope, type Wanted } from './permits.ts';
import { scriptsOf, type Scripts } from './redis-scripts.ts';

/** The durable memory of which buckets were ever used: a bucket that Redis does not know is either new, or lost. */
export type FirstUse = (scope: string) => Promise<boolean>;

export type PermitStoreOptions = {
  firstUse: FirstUse;
  /** Redis' clock in µs instead of TIME, for specs that move it. */
  redisNow?: () => number;
  /** Monotonic, ms. */
  elapsed?: () => number;
  pause?: (ms: number) => Promise<unknown>;
};

/** What the script is told of a bucket that it may not know. */
type Start = 'none' | 'ask' | 'fresh' | 'lost';
const US = 1_000;
/** For the way from the register to the script of whoever opens a bucket, ms. */
const OPENING_MS = 50;
/** Each bucket of a call is usually unknown twice at most. */
const ROUNDS_MAX = 10;

/** Permits in Redis, which alone tells the time. One script decides on all scopes of a call together. */
export class PermitStore implements Permits {
  private readonly scripts: Scripts;
  /** Highest grant of each connection that this process was given: Redis' memory must not be older. */
  private readonly highest = new Map<string, number>();
  private readonly starting = new Map<string, Promise<Start>>();

  constructor(
    redis: Redis,
    private readonly options: PermitStoreOptions,
  ) {
    this.scripts = scriptsOf(redis);
  }

  async acquire(wanted: Wanted): Promise<PermitAnswer> {
    const starts = wanted.scopes.map(({ lasting }): Start => (lasting ? 'ask' : 'none'));
    const met = new Set<number>();
    for (let round = 1; round <= ROUNDS_MAX; round++) {
      const asked = this.elapsed();
      const id = randomUUID();
      const [answer, ...facts] = (await this.scripts.permit(this.keysOf(wanted), this.argsOf(wanted, id, starts))) as [
        string,
        ...number[],
      ];
      if (answer === 'GRANTED') return { kind: 'granted', permit: this.permitOf(wanted, id, facts[0]!, asked) };
      if (answer === 'WAIT') return { kind: 'wait', ms: Math.ceil(facts[0]! / US) };
      for (const number of facts) starts[number - 1] = await this.startOf(wanted.scopes[number - 1]!, met.has(number));
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

  async block(provider: string, scopes: readonly Scope[], ms: number): Promise<void> {
    const keys = scopes.filter(({ lasting }) => lasting).map(({ key }) => opensKey(provider, key));
    if (keys.length > 0) await this.scripts.block(keys, [this.redisNow(), ms * US]);
  }

  private permitOf(wanted: Wanted, id: string, observedAt: number, asked: number): Permit {
    this.highest.set(wanted.connection, Math.max(observedAt, this.highest.get(wanted.connection) ?? 0));
    return {
      observedAt,
      // Reckoned from before the question: the grant was later, so the slot is held for longer than this allows.
      isGood: () => this.elapsed() - asked < SEND_WITHIN_MS,
      release: async () => {
        const windows = wanted.scopes.map(({ windowMs }) => windowMs * US);
        await this.scripts.release(
          wanted.scopes.map(({ key }) => callsKey(wanted.provider, key)),
          [this.redisNow(), id, wanted.job, ...windows],
        );
      },
    };
  }

  private keysOf({ provider, connection, scopes }: Wanted): string[] {
    return [
      `${root(provider)}last:${connection}`,
      ...scopes.flatMap(({ key }) => [callsKey(provider, key), opensKey(provider, key)]),
    ];
  }

  private argsOf({ connection, job, scopes }: Wanted, id: string, starts: readonly string[]): (string | number)[] {
    const perScope = scopes.flatMap(({ limit, windowMs }, index) => [limit, windowMs * US, starts[index]!]);
    return [this.redisNow(), id, HOLD_MS * US, this.highest.get(connection) ?? 0, job, ...perScope];
  }

  private redisNow(): number | '' {
    return this.options.redisNow?.() ?? '';
  }

  private elapsed(): number {
    return this.options.elapsed?.() ?? performance.now();
  }
}

/** The braces keep a provider's buckets on one node of a cluster, so that one script may touch them together. */
const root = (provider: string): string => `rw:{permit-${provider}}:`;
const callsKey = (provider: string, scope: string): string => `${root(provider)}calls:${scope}`;
const opensKey = (provider: string, scope: string): string => `${root(provider)}opens:${scope}`;
