import { AsyncResource } from 'node:async_hooks';
import type { Log } from '@roomwire/telemetry';
import type { Bus } from './bus.ts';
import { indexCopies, publishDue } from './later.ts';
import type { Ledger } from './ledger.ts';

/** What another process has stored is found within this, should that process be gone. What this one stores wakes the loop in time. */
const LOOK_EVERY_MS = 2_000;
/** The due index is compared with the copies: at the start, and then so often. */
const INDEX_EVERY_MS = 300_000;

/** What is parked stays so for this at least: a connection may be shown active still that the vault has just found lapsed. */
const PARKED_MS_MIN = 5_000;

export type LaterParts = {
  bus: Bus;
  ledger: Ledger;
  log: Log;
  /** Whether what a message was parked for is open now. Absent: nothing is parked. */
  isOpen?: ((tenant: string, parkedFor: string) => boolean) | undefined;
};

/** Publishes again what one consumer of one tenant has waiting, when it is due. A loop each: thousands that wait for one delay no other. */
export class LaterLoop {
  private timer: NodeJS.Timeout | undefined;
  private askedMs = Infinity;
  private indexedAtMs = 0;
  private stopped = false;
  private isLooking = false;
  private looked: Promise<void> | undefined;
  /** In the context that the loop was made in: whoever wakes it has a message in hand, and what waits is of other traces. */
  private readonly lookApart = AsyncResource.bind(() => void (this.looked = this.look()));

  constructor(
    private readonly tenant: string,
    private readonly stage: string,
    private readonly parts: LaterParts,
  ) {
    this.wakeAt(Date.now());
  }

  /** Something waits until then. Said during a look, it is heard at its end. */
  wakeAt(atMs: number): void {
    this.askedMs = Math.min(this.askedMs, atMs);
    if (this.stopped || this.isLooking) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.lookApart, Math.max(0, this.askedMs - Date.now()));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.looked;
  }

  private async look(): Promise<void> {
    this.isLooking = true;
    this.askedMs = Infinity;
    const nextMs = await this.publish().catch((error: unknown) => {
      this.parts.log.debug({ tenant: this.tenant, stage: this.stage, err: error }, 'later: will look again');
      return undefined;
    });
    this.isLooking = false;
    this.wakeAt(Math.min(nextMs ?? Infinity, Date.now() + LOOK_EVERY_MS));
  }

  /** Answers when the next one is due. */
  private async publish(): Promise<number | undefined> {
    const { bus, ledger, isOpen } = this.parts;
    if (this.indexedAtMs + INDEX_EVERY_MS < Date.now()) {
      await indexCopies(bus, ledger, this.tenant, this.stage);
      this.indexedAtMs = Date.now();
    }
    const nextMs = await publishDue(bus, ledger, this.tenant, this.stage, Date.now());
    // Where nothing waits nothing is parked.
    const freed = nextMs !== undefined && isOpen ? await this.unpark(isOpen) : 0;
    return freed > 0 ? Date.now() : nextMs;
  }

  private unpark(isOpen: NonNullable<LaterParts['isOpen']>): Promise<number> {
    const nowMs = Date.now();
    const at = { nowMs, sinceMs: nowMs - PARKED_MS_MIN };
    return this.parts.ledger.unpark(this.tenant, this.stage, (parkedFor) => isOpen(this.tenant, parkedFor), at);
  }
}
