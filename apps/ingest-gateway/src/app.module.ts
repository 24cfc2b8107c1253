import { Module } from '@nestjs/common';
import { given, type Build, type Service } from '@roomwire/chassis';
import { connection } from '@roomwire/events';
import { Bus, connectNats, Hearing, KvTable } from '@roomwire/jetstream';
import { counter } from '@roomwire/telemetry';
import { natsCodeDesk, natsVaultClient } from '@roomwire/vault-client';
import { BrokerState } from './broker-state.ts';
import { CallbackController } from './callback.controller.ts';
import { CallbackDesk } from './callback.ts';
import { ConnectionBook } from './connection-book.ts';
import { Pace } from './core/pace.ts';
import type { environment } from './environment.ts';
import { InFlight } from './in-flight.ts';
import { Intake } from './intake.ts';
import { Link } from './link.ts';
import { SecretBook } from './secret-book.ts';
import { WebhookController } from './webhook.controller.ts';

@Module({})
class GatewayModule {}

/** People who come back from a provider, a few in a year; and whoever finds the address. */
const CALLBACKS_PER_SECOND = 20;

const clock = { now: Date.now, sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };

export const buildGateway: Build<typeof environment> = async (env, { log, meter, nats }): Promise<Service> => {
  const knownFrom = counter(meter, 'roomwire_webhook_secrets_total');
  let close = async (): Promise<void> => undefined;
  const link = new Link(async () => {
    const nc = await connectNats({ ...nats, log });
    const table = await KvTable.open(nc, 'connections', connection, { log }).catch(async (error: unknown) => {
      await nc.close();
      throw error;
    });
    close = async () => {
      await table.close();
      await nc.close();
    };
    const secrets = new SecretBook(natsVaultClient(nc, nats.service), env.ROOMWIRE_SECRETS_STALE_MAX_MS, clock, (from) =>
      knownFrom.add(1, { from }),
    );
    const inFlight = new InFlight(env.ROOMWIRE_INFLIGHT_PER_TENANT_MAX);
    const bus = new Bus(nc);
    return {
      intake: new Intake(new BrokerState(nc), bus, new ConnectionBook(table), secrets, inFlight, new Hearing(bus, Date.now)),
      callbacks: new CallbackDesk(natsCodeDesk(nc, nats.service), new Pace(CALLBACKS_PER_SECOND), () => performance.now()),
    };
  }, log);
  void link.start();
  const webhooks = new WebhookController(() => link.current?.intake, meter);
  const callbacks = new CallbackController(() => link.current?.callbacks);

  return {
    module: { module: GatewayModule, controllers: [given(webhooks), given(callbacks)] },
    // Without NATS it stays ready: another gateway could do no better, and a 503 tells the provider to come again.
    checks: {},
    body: { as: 'bytes', bytesMax: env.ROOMWIRE_BODY_BYTES_MAX },
    close: async () => {
      link.stop();
      await close();
    },
  };
};
