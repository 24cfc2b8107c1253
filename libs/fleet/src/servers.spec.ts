import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redisServer, type Place } from './servers.ts';

describe('redisServer', () => {
  const data = mkdtempSync(join(tmpdir(), 'roomwire-fleet-'));
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  it('keeps and lays out what it holds as the one of compose does: what is measured is what runs', () => {
    const compose = readFileSync(new URL('../../../deploy/compose.yaml', import.meta.url), 'utf8');
    const settings = [...compose.matchAll(/--((?:append|maxmemory|hash)\S+) (\S+)/g)];
    const place = { data, ports: { redis: 1 }, secrets: { redisPassword: 'x' } } as unknown as Place;

    const args = redisServer(place).args.join(' ');
    expect(settings.length).toBeGreaterThanOrEqual(5);
    for (const [, name, value] of settings) expect(args).toContain(`--${name} ${value}`);
  });
});
