import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnedSource } from '@roomwire/testkit';
import type { Figures, Row } from './figures.ts';

describe('npm run bench:applies -- --quick', () => {
  it('measures every size with one and with many in flight, and tells what an entity takes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'roomwire-applies-'));
    const json = join(folder, 'figures.json');
    const args = ['--quick', '--sizes', '1000,2000', '--rounds', '1', '--ms', '50', '--json', json];
    await using program = spawnedSource('apps/registry/src/testing/applies/applies.ts', { args, name: 'applies' });

    const { code } = await program.exited;
    const { rows, bytesPerEntity, tells } = JSON.parse(readFileSync(json, 'utf8')) as Figures & { rows: Row[] };
    rmSync(folder, { recursive: true });

    expect(code).toBe(0);
    expect(rows.map(({ inFlight, entities }) => [inFlight, entities])).toEqual([
      [1, 1000],
      [1, 2000],
      [64, 1000],
      [64, 2000],
    ]);
    for (const { applies, bare, copies, toBare, copyToBare } of rows) {
      expect(applies).toBeGreaterThan(0);
      expect(bare).toBeGreaterThan(0);
      expect(copies).toBeGreaterThan(0);
      expect(toBare).toBeCloseTo(applies / bare);
      expect(copyToBare).toBeCloseTo(copies / bare);
    }
    // A record's document alone is over a kilobyte; three of them would be too many.
    for (const bytes of Object.values(bytesPerEntity)) expect([bytes > 1_000, bytes < 4_500]).toEqual([true, true]);
    expect(Object.values(tells).every((rate) => rate > 0)).toBe(true);
  }, 90_000);
});
