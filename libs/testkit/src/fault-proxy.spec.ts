import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { eventually } from './eventually.ts';
import { faultProxy, type FaultProxy } from './fault-proxy.ts';

describe('faultProxy', () => {
  let echo!: Server;
  let proxy!: FaultProxy;

  beforeEach(async () => {
    echo = createServer((socket) => void socket.on('error', () => undefined).pipe(socket));
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    proxy = await faultProxy({ host: '127.0.0.1', port: (echo.address() as { port: number }).port });
  });
  afterEach(async () => {
    await proxy[Symbol.asyncDispose]();
    await new Promise((resolve) => echo.close(resolve));
  });

  async function client(): Promise<{ socket: Socket; heard: () => string; ended: () => boolean }> {
    const socket = connect(proxy.port, '127.0.0.1').on('error', () => undefined);
    let heard = '';
    let ended = false;
    socket.on('data', (bytes) => (heard += bytes.toString()));
    socket.on('close', () => (ended = true));
    await once(socket, 'connect');
    return { socket, heard: () => heard, ended: () => ended };
  }

  it('forwards in both directions', async () => {
    const { socket, heard } = await client();
    socket.write('there and back');
    await eventually(() => expect(heard()).toBe('there and back'));
  });

  it('swallows while it is a black hole, and the connection stands', async () => {
    const { socket, heard, ended } = await client();
    proxy.mode = 'blackhole';
    socket.write('lost ');
    const { socket: other, heard: otherHeard } = await client();
    other.write('lost too ');
    await eventually(() => expect(proxy.swallowed).toBe(14));
    proxy.mode = 'forward';
    socket.write('kept');
    other.write('kept too');
    await eventually(() => expect([heard(), otherHeard()]).toEqual(['kept', 'kept too']));
    expect(ended()).toBe(false);
  });

  it('lets what is said through while nothing is heard of it', async () => {
    const { socket, heard } = await client();
    proxy.mode = 'deaf';
    socket.write('said');
    // The server says back what it was told: that is what is swallowed.
    await eventually(() => expect(proxy.swallowed).toBe(4));
    proxy.mode = 'forward';
    socket.write('more');
    await eventually(() => expect(heard()).toBe('more'));
  });

  it('stands at the address of a server that is gone', async () => {
    const { port } = proxy;
    await proxy[Symbol.asyncDispose]();
    const other = createServer((socket) => void socket.on('error', () => undefined).end('the other'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    proxy = await faultProxy({ host: '127.0.0.1', port: (other.address() as { port: number }).port }, port);

    const { heard } = await client();

    expect(proxy.port).toBe(port);
    await eventually(() => expect(heard()).toBe('the other'));
    await new Promise((resolve) => other.close(resolve));
  });

  it('cuts what stands, and refuses what comes', async () => {
    const { ended } = await client();
    proxy.mode = 'refuse';
    proxy.cut();
    await eventually(() => expect(ended()).toBe(true));
    const late = await client();
    await eventually(() => expect(late.ended()).toBe(true));
    proxy.mode = 'forward';
    const { socket, heard } = await client();
    socket.write('again');
    await eventually(() => expect(heard()).toBe('again'));
  });
});
