import type { Connection } from '@roomwire/events';
import { counter, gauge, type Meter } from '@roomwire/telemetry';

type Whose = Pick<Connection, 'provider'>;

/** What is told of providers' sockets. */
export class SocketFigures {
  private readonly tries;
  private readonly messages;
  private readonly open = new Map<string, number>();

  constructor(meter: Meter) {
    this.tries = counter(meter, 'roomwire_socket_tries_total');
    this.messages = counter(meter, 'roomwire_socket_messages_total');
    gauge(meter, 'roomwire_sockets_open').addCallback((result) => {
      for (const [provider, count] of this.open) result.observe(count, { provider });
    });
  }

  tried({ provider }: Whose, outcome: 'open' | 'refused' | 'failed' | 'no-lease'): void {
    this.tries.add(1, { provider, outcome });
  }

  opened({ provider }: Whose): void {
    this.open.set(provider, (this.open.get(provider) ?? 0) + 1);
  }

  closed({ provider }: Whose): void {
    this.open.set(provider, (this.open.get(provider) ?? 0) - 1);
  }

  message({ provider }: Whose, outcome: 'stored' | 'lost'): void {
    this.messages.add(1, { provider, outcome });
  }
}
