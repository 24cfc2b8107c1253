import type { NatsConnection } from '@roomwire/jetstream';

/** Whether the broker is connected right now: a publish would only wait for its deadline. */
export class BrokerState {
  private connected = true;
  private readonly waiting = new Set<() => void>();

  constructor(nc: Pick<NatsConnection, 'status'>) {
    void this.follow(nc);
  }

  /** True at once while connected; else whether it is within `ms`: a failover is over in less than a provider's patience. */
  ready(ms: number): Promise<boolean> {
    if (this.connected) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.waiting.delete(end);
        resolve(this.connected);
      };
      const timer = setTimeout(end, ms);
      this.waiting.add(end);
    });
  }

  private async follow(nc: Pick<NatsConnection, 'status'>): Promise<void> {
    for await (const { type } of nc.status()) {
      if (type === 'disconnect' || type === 'close') this.connected = false;
      if (type !== 'reconnect') continue;
      this.connected = true;
      for (const end of this.waiting) end();
    }
  }
}
