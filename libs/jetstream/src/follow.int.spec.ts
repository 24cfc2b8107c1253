import { eventually, natsServer, type NatsServer } from '@roomwire/testkit';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Bus } from './bus.ts';
import { connectNats, type NatsConnection } from './connect.ts';
import { ensureTenant } from './ensure.ts';
import { follow, type Follower } from './follow.ts';
import { readState } from './read-state.ts';

describe('readState', () => {
  let nats: NatsServer;
  let nc: NatsConnection;
  let bus: Bus;
  const followers: Follower[] = [];
  beforeAll(async () => {
    nats = await natsServer();
    nc = await connectNats({ servers: nats.url, service: 'spec' });
    bus = new Bus(nc);
  });
  afterAll(async () => {
    await Promise.all(followers.map((one) => one.stop()));
    await nc.close();
    await nats[Symbol.asyncDispose]();
  });
  const tell = (tenant: string, entity: string, n: number) =>
    eventually(() =>
      bus.publish(`pms.${tenant}.change.room.p.${entity}`, n, { id: `${tenant}:${entity}:${n}`, timeoutMs: 1_000 }),
    );
  /** What a reader is told, as one list. */
  function reading(tenant: string, onMessage: (text: string) => void = () => undefined): string[] {
    const told: string[] = [];
    const reader = readState(nc, tenant, {
      onMessage: ({ subject, data }) => {
        const text = `${subject.split('.').at(-1)}${new TextDecoder().decode(data)}`;
        onMessage(text);
        told.push(text);
      },
      onCaughtUp: () => void told.push('caught up'),
      onReset: (_, isNew) => void (isNew && told.push('anew')),
    });
    followers.push(reader);
    return told;
  }
  const is = (told: string[], expected: string[], withinMs = 5_000) =>
    eventually(() => expect(told).toEqual(expected), { withinMs });

  it('tells the last of each subject in order, says that it has caught up, and then what comes', async () => {
    await ensureTenant(nc, 'one');
    for (const [entity, n] of [
      ['a', 1],
      ['b', 1],
      ['a', 2],
    ] as const)
      await tell('one', entity, n);
    const told = reading('one');
    await is(told, ['b1', 'a2', 'caught up']);
    for (const n of [3, 4, 5]) await tell('one', 'a', n);
    await is(told, ['b1', 'a2', 'caught up', 'a3', 'a4', 'a5']);
  });

  it('tells every message where all after none are wanted, and not the last of each subject', async () => {
    await ensureTenant(nc, 'every');
    for (const n of [1, 2]) await tell('every', 'a', n);
    const told: string[] = [];
    const onMessage = ({ data }: { data: Uint8Array }) => void told.push(new TextDecoder().decode(data));
    followers.push(follow(nc, 'STATE_every', 'pms.every.change.>', { onMessage }, 0));
    await is(told, ['1', '2']);
  });

  it('catches up with nothing at all, also where the stream is made later', async () => {
    const told = reading('two');
    await ensureTenant(nc, 'two');
    await is(told, ['caught up']);
  });

  it('goes on over restarts of the server, each message once and none left out', async () => {
    await ensureTenant(nc, 'three');
    await tell('three', 'a', 1);
    const told = reading('three');
    await is(told, ['a1', 'caught up']);
    await nats.restart();
    for (const n of [2, 3]) await tell('three', 'a', n);
    await nats.kill();
    await nats.start();
    for (const n of [4, 5]) await tell('three', 'a', n);
    await is(told, ['a1', 'caught up', 'a2', 'a3', 'a4', 'a5'], 12_000);
  });

  it('tells again what a reader could not take, with all that came in between', async () => {
    await ensureTenant(nc, 'four');
    let refusals = 2;
    const told = reading('four', (text) => {
      if (text === 'a2' && refusals-- > 0) throw new Error('planted');
    });
    await is(told, ['caught up']);
    for (const n of [1, 2, 3, 4]) await tell('four', 'a', n);
    await is(told, ['caught up', 'a1', 'a2', 'a3', 'a4']);
  });

  it('repeats nothing of a snapshot that broke in the middle', async () => {
    await ensureTenant(nc, 'seven');
    for (const entity of ['a', 'b', 'c']) await tell('seven', entity, 1);
    let refusals = 1;
    const told = reading('seven', (text) => {
      if (text === 'b1' && refusals-- > 0) throw new Error('planted');
    });
    await is(told, ['a1', 'b1', 'c1', 'caught up']);
  });

  it('tells all again, and says so, where the stream was made anew', async () => {
    await ensureTenant(nc, 'five');
    for (const n of [1, 2, 3]) await tell('five', 'a', n);
    const told = reading('five');
    await is(told, ['a3', 'caught up']);
    await (await bus.jsm()).streams.delete('STATE_five');
    await ensureTenant(nc, 'five');
    await tell('five', 'b', 1);
    await is(told, ['a3', 'caught up', 'anew', 'b1', 'caught up'], 12_000);
  });

  it('tells all again where the stream was set back to a backup', async () => {
    await ensureTenant(nc, 'six');
    await tell('six', 'a', 1);
    await nats.stop();
    const [store, backup] = [join(nats.folder, 'store'), join(nats.folder, 'backup')];
    cpSync(store, backup, { recursive: true });
    await nats.start();
    for (const n of [2, 3]) await tell('six', 'a', n);
    const told = reading('six');
    await is(told, ['a3', 'caught up']);

    await nats.stop();
    rmSync(store, { recursive: true });
    cpSync(backup, store, { recursive: true });
    await nats.start();
    await tell('six', 'b', 1);
    await eventually(() => expect(told.filter((what) => what !== 'caught up')).toEqual(['a3', 'anew', 'a1', 'b1']), {
      withinMs: 15_000,
    });
  });
});
