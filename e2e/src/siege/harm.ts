import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultMode, FaultProxy } from '@roomwire/testkit';
import { pause } from './provider.ts';
import type { World } from './world.ts';

export type Harm = (world: World) => Promise<void>;

/** kill -9 of these at one instant; their supervisor starts them again. */
export const kill =
  (...names: string[]): Harm =>
  async ({ fleet }) => {
    for (const name of names) fleet.member(name).kill();
    await pause(1_500);
  };

/** Held still (SIGSTOP) and let go on: to everybody else it looks alive, and it believes no time has passed. */
export const freeze =
  (name: string, forMs: number): Harm =>
  async ({ fleet }) => {
    fleet.member(name).signal('SIGSTOP');
    await pause(forMs);
    fleet.member(name).signal('SIGCONT');
  };

export const restartServer =
  (name: 'nats-server' | 'redis-server', options: { kill: boolean }): Harm =>
  ({ fleet }) =>
    fleet.member(name).restart(options);

/** Redis comes back with nothing. */
export const wipeRedis: Harm = (world) =>
  world.fleet.member('redis-server').restart({ kill: true, between: () => empty(world.folderOf('redis')) });

/** Redis comes back as it was some seconds ago, as after a failover to a replica that lagged. */
export const rewindRedis =
  (secondsMs: number): Harm =>
  async (world) => {
    const folder = world.folderOf('redis');
    const snapshot = join(folder, '../redis-snapshot');
    await world.fleet.member('redis-server').restart({
      between: () => cpSync(folder, snapshot, { recursive: true }),
    });
    await pause(secondsMs);
    await world.fleet.member('redis-server').restart({
      kill: true,
      between: () => {
        empty(folder);
        cpSync(snapshot, folder, { recursive: true });
        rmSync(snapshot, { recursive: true });
      },
    });
  };

/** Every connection of a replica is reset, several times over. */
export const cut =
  (names: readonly string[], times: number): Harm =>
  async (world) => {
    for (let time = 0; time < times; time++) {
      for (const proxy of proxiesOf(world, names)) proxy.cut();
      await pause(700);
    }
  };

/** What a replica says goes nowhere and it hears nothing, while its connections stand. */
export const silence =
  (names: readonly string[], forMs: number, mode: FaultMode = 'blackhole'): Harm =>
  async (world) => {
    for (const proxy of proxiesOf(world, names)) proxy.mode = mode;
    await pause(forMs);
    for (const proxy of proxiesOf(world, names)) {
      proxy.mode = 'forward';
      // Half a frame may have been swallowed: what stood before is of no use.
      proxy.cut();
    }
  };

/** As `minReadySeconds` has it: a pod has to be ready for so long before the next one goes. */
const READY_FOR_MS = 1_000;

/** One replica after the other is ended and started, as a new release would be rolled out. */
export const roll =
  (...names: string[]): Harm =>
  async ({ fleet }) => {
    for (const name of names) {
      await fleet.member(name).restart();
      await fleet.untilReady(name);
      await pause(READY_FOR_MS);
    }
  };

function proxiesOf(world: World, names: readonly string[]): FaultProxy[] {
  return names.flatMap((name) => {
    const { nats, redis } = world.proxies.get(name)!;
    return [nats, redis];
  });
}

function empty(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}
