import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { existsSync } from 'node:fs';
import { eventually } from './eventually.ts';
import { natsServer } from './nats-server.ts';

const client = (servers: string, more: object = {}) => connect({ servers, reconnect: false, ...more });

describe('natsServer', () => {
  it('has JetStream, and keeps its port and what was stored over a kill -9', async () => {
    await using nats = await natsServer({ config: 'jetstream { sync_interval: always }' });
    const before = await client(nats.url);
    await (await jetstreamManager(before)).streams.add({ name: 'KEPT', subjects: ['kept'] });
    await jetstream(before).publish('kept', 'a');
    const { port } = nats;

    await nats.kill();
    await nats.start();

    expect(nats.port).toBe(port);
    const after = await client(nats.url);
    expect((await (await jetstreamManager(after)).streams.info('KEPT')).state.messages).toBe(1);
    await after.close();
  });

  it('obeys the configuration handed in, with its variables', async () => {
    const config =
      'authorization { users: [{ user: reader, password: $READER_PASSWORD, permissions: { publish: { deny: ">" } } }] }';
    await using nats = await natsServer({ config, env: { READER_PASSWORD: 's3cret' } });

    await expect(client(nats.url)).rejects.toThrow(/authorization/i);
    const reader = await client(nats.url, { user: 'reader', pass: 's3cret' });
    await reader.close();
  });

  it('shows the log when the configuration is wrong, and leaves nothing behind', async () => {
    await expect(natsServer({ config: 'no_such_setting: 1' })).rejects.toThrow(/unknown field "no_such_setting"/);
  });

  it('two at once share nothing', async () => {
    await using one = await natsServer();
    await using other = await natsServer();

    expect(one.port).not.toBe(other.port);
    expect(one.folder).not.toBe(other.folder);
  });

  it('answers the monitor, and is gone with its folder when disposed', async () => {
    const nats = await natsServer();
    expect(await (await fetch(`${nats.monitorUrl}/healthz`)).json()).toMatchObject({ status: 'ok' });

    await nats[Symbol.asyncDispose]();

    expect(nats.process.running).toBe(false);
    expect(existsSync(nats.folder)).toBe(false);
  });

  it('held still it does not answer, and let go it does', async () => {
    await using nats = await natsServer();
    const connection = await client(nats.url);

    nats.pause();
    // The signal takes a moment; until then the server says that nobody is there.
    await eventually(() => expect(connection.request('nobody', '', { timeout: 100 })).rejects.toThrow(/timeout/i));
    const answer = connection.flush();
    nats.resume();
    await answer;
    await connection.close();
  });
});

describe('natsServer without a binary', () => {
  it('says how to get one', async () => {
    const { NATS_SERVER_BIN, PATH } = process.env;
    Object.assign(process.env, { NATS_SERVER_BIN: '', PATH: '' });
    try {
      await expect(natsServer()).rejects.toThrow(/export NATS_SERVER_BIN=/);
    } finally {
      Object.assign(process.env, { NATS_SERVER_BIN: NATS_SERVER_BIN ?? '', PATH });
    }
  });
});
