import { startFloor } from './floor.ts';
import { LEGS, wayOf } from './hops.ts';
import { measureWithSamples } from './measure.ts';
import type { Running } from './target.ts';

/** The way of every webhook is known where no room is told of more than STATE keeps of it. */
describe('a stretch of load against the floor', () => {
  let floor!: Running;
  beforeAll(async () => {
    floor = await startFloor({ rooms: 20, sync: 'interval' });
  }, 30_000);
  afterAll(() => floor?.[Symbol.asyncDispose]());

  it('arrives whole, each from the instant it was due, and tells its way', async () => {
    const measured = await measureWithSamples({ running: floor, rate: 100, seconds: 1 });
    const way = await wayOf(floor, measured.seen);

    expect(measured).toMatchObject({ target: 'floor', sent: 100, arrived: 100, superseded: 0, refused: 0, missing: 0 });
    expect(measured.p50).toBeGreaterThan(0);
    expect(measured.max).toBeLessThan(5_000);
    expect(measured.processes.map(({ name }) => name)).toEqual([
      ...['ingest-gateway', 'normalizer', 'registry', 'propagator', 'nats-server'],
    ]);
    expect(way.of).toBe(100);
    expect(Object.keys(way.legs)).toEqual([...LEGS]);
  });

  it('goes on where the last one ended: a version is told once', async () => {
    const { version } = floor;

    const { arrived, missing } = await measureWithSamples({ running: floor, rate: 100, seconds: 0.5 });

    expect(version).toBe(5);
    expect({ arrived, missing, version: floor.version }).toEqual({ arrived: 50, missing: 0, version: 8 });
  });

  it('counts what is refused, and does not wait for it', async () => {
    const doors = floor.doors.map((door) => ({ ...door, webhook: { ...door.webhook, url: `${door.webhook.url}x/nobody` } }));

    const measured = await measureWithSamples({ running: { ...floor, doors }, rate: 50, seconds: 0.2 });

    expect(measured).toMatchObject({ arrived: 0, refused: 10, missing: 0 });
  });
});
