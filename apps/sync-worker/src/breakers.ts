import type { FetchLane, ProviderId } from '@roomwire/events';
import { counter, gauge, type Log, type Meter } from '@roomwire/telemetry';
import {
  CLOSED,
  entered,
  failedOnce,
  givenBack,
  hastened,
  isForgotten,
  waitOf,
  type Breaker,
  type BreakerRules,
} from './core/breaker.ts';

/** `address`: host and port that the account is asked at. */
export type Whose = { provider: ProviderId; address: string; connection: string; lane: FetchLane | 'push' };
export type Of = 'account' | 'address';
/** Nobody may call, for so long, ms. */
export type Shut = { waitMs: number; of: Of };

export type BreakersParts = {
  rules: Readonly<Record<Of, BreakerRules>>;
  log: Log;
  meter: Meter;
  /** Monotonic, ms. */
  elapsed: () => number;
  random: () => number;
};

type Held = { breaker: Breaker; provider: ProviderId; address: string; of: Of };

/**
 * Who fails again and again is not asked at full pace. In this process only: each replica finds out for itself, in a few calls, and none
 * takes another's word for a provider that only its own network cannot reach (docs/adr/0024).
 */
export class Breakers {
  private readonly held = new Map<string, Held>();
  /** What a breaker was ever open of: told as 0 when all have closed. */
  private readonly told = new Map<string, { provider: ProviderId; of: Of }>();
  private readonly opened;
  private readonly waits;
  private passes = 0;

  constructor(private readonly parts: BreakersParts) {
    this.opened = counter(parts.meter, 'roomwire_breakers_opened_total');
    this.waits = counter(parts.meter, 'roomwire_breaker_waits_total');
    gauge(parts.meter, 'roomwire_breakers_open').addCallback((result) => {
      for (const labels of this.told.values()) result.observe(this.openOnes(labels), labels);
    });
  }

  /** The right to call, with which what became of the call must be told; or how long there is none. */
  enter(whose: Whose): Pass | Shut {
    const pass = new Pass(this, whose, String(++this.passes));
    const shut = this.shut(whose);
    if (shut) {
      this.waits.add(1, { provider: whose.provider, lane: whose.lane });
      return shut;
    }
    const now = this.parts.elapsed();
    for (const key of keysOf(whose)) {
      const held = this.held.get(key);
      if (!held || held.breaker.opened === 0) continue;
      held.breaker = entered(held.breaker, now);
      pass.probes.push(key);
    }
    return pass;
  }

  shut(whose: Whose): Shut | undefined {
    const [account, address] = keysOf(whose).map((key) => this.waitAt(key));
    if (!account && !address) return undefined;
    return address ? { waitMs: Math.max(address, account ?? 0), of: 'address' } : { waitMs: account!, of: 'account' };
  }

  /** An answer, whoever asked, is what closes. Then the others at the address may try as well. */
  answered(whose: Whose): void {
    const [account, address] = keysOf(whose);
    this.close(account, whose);
    if (!this.close(address, whose)) return;
    const now = this.parts.elapsed();
    for (const held of this.held.values())
      if (held.of === 'account' && held.address === whose.address && held.provider === whose.provider)
        held.breaker = hastened(held.breaker, this.parts.rules.account, now, this.parts.random());
  }

  failed(whose: Whose, by: string, code: string): Shut | undefined {
    const [account, address] = keysOf(whose);
    this.fail(account, 'account', whose, by, code);
    // One account that fails a hundred times says nothing of the others.
    if (this.held.get(account)!.breaker.opened > 0) this.fail(address, 'address', whose, whose.connection, code);
    return this.shut(whose);
  }

  giveBack(keys: readonly string[]): void {
    for (const key of keys) {
      const held = this.held.get(key);
      if (held?.breaker.probing) held.breaker = givenBack(held.breaker, this.parts.elapsed());
    }
  }

  private waitAt(key: string): number {
    const held = this.held.get(key);
    const now = this.parts.elapsed();
    if (held && isForgotten(held.breaker, now)) this.held.delete(key);
    else if (held) return waitOf(held.breaker, this.parts.rules[held.of], now);
    return 0;
  }

  private fail(key: string, of: Of, { provider, address, connection }: Whose, by: string, code: string): void {
    const { rules, elapsed, random, log } = this.parts;
    const before = this.held.get(key)?.breaker ?? CLOSED;
    const breaker = failedOnce(before, by, rules[of], elapsed(), random());
    this.held.set(key, { breaker, provider, address, of });
    if (breaker.opened === before.opened) return;
    this.told.set(`${provider} ${of}`, { provider, of });
    this.opened.add(1, { provider, of });
    const pause_ms = Math.round(breaker.until - elapsed());
    log.warn(
      { provider, address, ...(of === 'account' ? { connection } : {}), of, code, opened: breaker.opened, pause_ms },
      'breaker: open',
    );
  }

  /** True: it was open. */
  private close(key: string, { provider, address, connection }: Whose): boolean {
    const held = this.held.get(key);
    this.held.delete(key);
    if (!held || held.breaker.opened === 0) return false;
    const { of } = held;
    this.parts.log.info({ provider, address, ...(of === 'account' ? { connection } : {}), of }, 'breaker: closed');
    return true;
  }

  private openOnes({ provider, of }: { provider: ProviderId; of: Of }): number {
    const now = this.parts.elapsed();
    const ofThese = [...this.held.values()].filter((held) => held.provider === provider && held.of === of);
    return ofThese.filter(({ breaker }) => breaker.opened > 0 && !isForgotten(breaker, now)).length;
  }
}

/** One call on its way through both breakers. */
export class Pass {
  /** Of the breakers that it is the one probe of. */
  readonly probes: string[] = [];

  constructor(
    private readonly breakers: Breakers,
    private readonly whose: Whose,
    private readonly id: string,
  ) {}

  /** Others have failed meanwhile: undefined where it may still go. */
  shut(): Shut | undefined {
    return this.probes.length > 0 ? undefined : this.breakers.shut(this.whose);
  }

  answered(): void {
    this.breakers.answered(this.whose);
  }

  /** Answers what that has led to. */
  failed(code: string): Shut | undefined {
    return this.breakers.failed(this.whose, this.id, code);
  }

  /** At the end of all, whatever became of it. */
  leave(): void {
    this.breakers.giveBack(this.probes);
  }
}

const keysOf = ({ provider, address, connection }: Whose): [string, string] => [
  JSON.stringify([provider, address, connection]),
  JSON.stringify([provider, address]),
];
