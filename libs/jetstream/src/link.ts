import type { NatsConnection } from '@nats-io/nats-core';
import { TransientSet } from '@roomwire/collections';

/** The connection is down: nothing was asked, or its answer cannot come any more. */
export class LinkDown extends Error {
  override readonly name = 'LinkDown';
}

const known = new WeakMap<NatsConnection, Link>();

/**
 * Whether a connection stands. The client drops what is sent while it does not (each attempt to reconnect empties its buffer), and a
 * request would then wait for its whole time limit: here it waits for the connection first, and ends at once where that is lost.
 */
export class Link {
  private up = true;
  private readonly whenUp = new TransientSet<() => void>();
  private readonly whenDown = new TransientSet<() => void>();

  static of(nc: NatsConnection): Link {
    const link = known.get(nc) ?? new Link(nc);
    known.set(nc, link);
    return link;
  }

  private constructor(nc: NatsConnection) {
    void this.watch(nc);
  }

  /** @throws {LinkDown} when the connection does not come back within `waitMs`, or is lost before the answer. */
  async ask<T>(question: () => Promise<T>, waitMs: number): Promise<T> {
    if (!this.up) await this.comesBack(waitMs);
    let leave!: () => void;
    try {
      return await new Promise<T>((resolve, reject) => {
        leave = this.whenDown.add(() => reject(new LinkDown('the connection was lost before the answer')));
        question().then(resolve, reject);
      });
    } finally {
      leave();
    }
  }

  private comesBack(waitMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = this.whenUp.add(() => {
        clearTimeout(timer);
        leave();
        resolve();
      });
      const timer = setTimeout(() => {
        leave();
        reject(new LinkDown(`no connection within ${waitMs} ms`));
      }, waitMs);
    });
  }

  private async watch(nc: NatsConnection): Promise<void> {
    for await (const { type } of nc.status()) {
      if (type !== 'disconnect' && type !== 'reconnect') continue;
      this.up = type === 'reconnect';
      for (const wake of [...(this.up ? this.whenUp : this.whenDown)]) wake();
    }
  }
}
