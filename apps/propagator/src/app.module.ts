import { randomBytes } from 'node:crypto';
import { Module, type DynamicModule } from '@nestjs/common';
import type { Build, Service } from '@roomwire/chassis';
import { tenant } from '@roomwire/events';
import { connectNats, KvTable, readState } from '@roomwire/jetstream';
import type { Log } from '@roomwire/telemetry';
import { lostSince } from './broker-watch.ts';
import type { environment } from './environment.ts';
import { figuresOf } from './figures.ts';
import { Gate, isNamed } from './gate.ts';
import { Hub } from './hub.ts';
import type { StateSource } from './state-source.ts';
import { StreamController } from './stream.controller.ts';
import { TicketController } from './ticket.controller.ts';

@Module({})
class PropagatorModule {}

export const buildPropagator: Build<typeof environment> = async (env, parts): Promise<Service> => {
  const { log, meter, nats } = parts;
  const nc = await connectNats({ ...nats, log });
  const tenants = await KvTable.open(nc, 'tenants', tenant);
  const figures = figuresOf(meter);
  const source: StateSource = (id, reader) => readState(nc, id, reader);
  const hub = new Hub({
    source,
    log,
    figures,
    brokerLostSince: lostSince(nc),
    streamsMax: env.ROOMWIRE_STREAMS_PER_TENANT_MAX,
    heartbeatMs: env.ROOMWIRE_HEARTBEAT_MS,
  });
  figures.watch(() => hub.count());
  // A token that is withdrawn takes its open streams with it.
  tenants.onChange((id, now) => {
    if (now) hub.dismiss(id, (credential) => isNamed(credential, now.apiTokenHashes));
    else hub.forget(id);
  });
  parts.onStop(() => hub.drain());

  const module: DynamicModule = {
    module: PropagatorModule,
    controllers: [StreamController, TicketController],
    providers: [
      { provide: Hub, useValue: hub },
      { provide: Gate, useValue: new Gate(tenants, env.ROOMWIRE_TICKET_KEY ?? randomKey(log)) },
    ],
  };
  return {
    module,
    // Nothing that is sent here is read: whatever a client calls its empty body is fine.
    body: { as: 'bytes', bytesMax: 4096 },
    checks: { nats: () => (nc.isClosed() ? 'closed' : undefined), state: () => hub.problem(Date.now()) },
    close: async () => {
      await tenants.close();
      await nc.drain();
    },
  };
};

function randomKey(log: Log): string {
  log.warn('ROOMWIRE_TICKET_KEY is not set: tickets made here are good in this process only');
  return randomBytes(32).toString('base64url');
}
