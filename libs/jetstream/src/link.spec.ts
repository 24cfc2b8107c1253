import type { NatsConnection } from '@nats-io/nats-core';
import { eventually } from '@roomwire/testkit';
import { Link, LinkDown } from './link.ts';

/** A connection as far as a link looks at it. */
function connection() {
  const told: string[] = [];
  let wake: () => void = () => undefined;
  async function* status(): AsyncGenerator<{ type: string }> {
    for (;;) {
      while (told.length) yield { type: told.shift()! };
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  const nc = { status } as unknown as NatsConnection;
  return { link: Link.of(nc), nc, tell: (type: string) => (told.push(type), wake()) };
}
const never = (): Promise<never> => new Promise(() => undefined);

describe('Link', () => {
  it('is one for each connection', () => {
    const { link, nc } = connection();
    expect(Link.of(nc)).toBe(link);
    expect(connection().link).not.toBe(link);
  });

  it('asks at once while the connection stands, and hands on what comes', async () => {
    const { link } = connection();
    await expect(link.ask(() => Promise.resolve(1), 1)).resolves.toBe(1);
    await expect(link.ask(() => Promise.reject(new Error('theirs')), 1)).rejects.toThrow('theirs');
  });

  it('ends what is open when the connection is lost', async () => {
    const { link, tell } = connection();
    const open = link.ask(never, 60_000);
    tell('disconnect');
    await expect(open).rejects.toThrow(LinkDown);
  });

  it('asks nothing while it is down, and goes on when it is back', async () => {
    const { link, tell } = connection();
    tell('disconnect');
    await eventually(() => expect(link.ask(() => Promise.resolve(), 1)).rejects.toThrow(/no connection within 1 ms/));
    let asked = 0;
    const waiting = link.ask(() => Promise.resolve(++asked), 60_000);
    expect(asked).toBe(0);
    tell('reconnect');
    await expect(waiting).resolves.toBe(1);
  });
});
