import { hookKey, socketKey, socketState, type Hook } from '@roomwire/events';
import { Hearing, KvTable, type Bus } from '@roomwire/jetstream';
import type { VaultClient } from '@roomwire/vault-client';
import { randomUUID } from 'node:crypto';
import { mayMiss } from '../core/webhook-health.ts';
import type { Figures } from '../figures.ts';
import type { ActiveParts } from '../ticking.ts';
import { SocketKeeper } from './socket-keeper.ts';
import { SocketListener } from './socket-listener.ts';

type Around = ActiveParts & {
  bus: Bus;
  vault: Pick<VaultClient, 'lease' | 'report'>;
  hooks: Pick<KvTable<Hook>, 'get'>;
  figures: Pick<Figures, 'sockets'>;
};

export type Sockets = {
  /** Of a connection that was polled then. */
  mayMiss: (connection: string, polledAt: number) => boolean;
  close: () => Promise<void>;
};

/** `isOn` false: this process listens to none, and goes by what the others say of theirs. */
export async function buildSockets({ bus, vault, hooks, figures, ...around }: Around, isOn: boolean): Promise<Sockets> {
  const { log } = around;
  const sockets = await KvTable.open(bus.nc, 'sync', socketState, { log, filter: 'socket.*' });
  const now = Date.now;
  const listening = {
    ...{ bus, vault, hearing: new Hearing(bus, now), figures: figures.sockets, log, now },
    random: Math.random,
  };
  const keeper = new SocketKeeper({
    ...{ ...around, sockets, holder: randomUUID(), now, elapsed: () => performance.now() },
    listen: (connection, provider) => new SocketListener(connection, provider, listening),
  });
  if (isOn) keeper.start();
  return {
    mayMiss: (id, polledAt) => mayMiss(hooks.get(hookKey(id)), sockets.get(socketKey(id)), polledAt),
    close: async () => {
      await keeper.stop();
      await sockets.close();
    },
  };
}
