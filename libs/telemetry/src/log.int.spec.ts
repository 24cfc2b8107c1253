import { join } from 'node:path';
import { eventually, spawnedSource, type Spawned } from '@roomwire/testkit';

describe('the log of a process', () => {
  let talker: Spawned;
  const start = (...args: string[]) =>
    (talker = spawnedSource(join(import.meta.dirname, 'testing/talker.ts'), { args, name: 'talker' }));
  afterEach(() => talker.kill());
  const said = () => talker.lines.flatMap((line) => (line.startsWith('{') ? [(JSON.parse(line) as { n: number }).n] : []));
  const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1);

  it.each([1, 1_500])('is written while the process goes on: %d at once', async (lines) => {
    start(String(lines), 'stay');

    await eventually(() => expect(said()).toEqual(upTo(lines)), { withinMs: 10_000 });
    expect(talker.running).toBe(true);
  });

  it('is written to its last line when the process ends by itself', async () => {
    start('1500');

    expect(await talker.exited).toMatchObject({ code: 0 });
    expect(said()).toEqual(upTo(1_500));
  });
});
