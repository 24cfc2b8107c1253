import { once } from 'node:events';
import { createServer } from 'node:net';
import { claimPorts, type Claimed } from './ports.ts';

describe('claimPorts', () => {
  it('gives each fleet ports that no other has, although nobody listens on them yet', async () => {
    const claims: Claimed[] = [];
    for (let fleet = 0; fleet < 60; fleet++) claims.push(await claimPorts('auto', ['registry-2']));
    const given = claims.flatMap(({ ports }) => Object.values(ports));

    expect(new Set(given).size).toBe(60 * 10);
    expect(claims.map(({ ports }) => ports['registry-2'])).toEqual(claims.map(() => expect.any(Number) as number));
    claims.forEach(({ release }) => release());
  });

  it('stays below what a system gives to whoever asks for any port', async () => {
    const { ports, release } = await claimPorts('auto');

    expect(Math.max(...Object.values(ports))).toBeLessThan(32_768);
    release();
  });

  it('passes over a block where somebody else listens', async () => {
    const first = await claimPorts('auto');
    const squatter = createServer().listen(first.ports.registry, '127.0.0.1');
    await once(squatter, 'listening');
    first.release();

    const claims = await Promise.all(Array.from({ length: 150 }, () => claimPorts('auto')));

    expect(claims.flatMap(({ ports }) => Object.values(ports))).not.toContain(first.ports.registry);
    claims.forEach(({ release }) => release());
    squatter.close();
  });
});
