import { Module } from '@nestjs/common';
import { given, type Build, type Service } from '@roomwire/chassis';
import { connection } from '@roomwire/events';
import { Bus, connectNats, KvTable } from '@roomwire/jetstream';
import { counter } from '@roomwire/telemetry';
import { natsVaultClient } from '@roomwire/vault-client';
import { BrokerState } from './broker-state.ts';
import { ConnectionBook } from './connection-book.ts';
import type { environment } from './environment.ts';
import { InFlight } from './in-flight.ts';
import { Intake } from './intake.ts';
import { Link } from './link.ts';
import { SecretBook } from './secret-book.ts';
import { WebhookController } from './webhook.controller.ts';

@Module({})
class GatewayModule {}

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
    return new Intake(
      new BrokerState(nc),
      new Bus(nc),
      new ConnectionBook(table),
      secrets,
      new InFlight(env.ROOMWIRE_INFLIGHT_PER_TENANT_MAX),
    );
  }, log);
  void link.start();

  return {
    module: { module: GatewayModule, controllers: [given(new WebhookController(link, meter))] },
    // Without NATS it stays ready: another gateway could do no better, and a 503 tells the provider to come again.
    checks: {},
    body: { as: 'bytes', bytesMax: env.ROOMWIRE_BODY_BYTES_MAX },
    close: async () => {
      link.stop();
      await close();
    },
  };
};
