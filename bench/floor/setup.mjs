/** The product's streams and those of its durables that the floor uses, with the product's settings (libs/jetstream/src/topology.ts). */
import { AckPolicy, DiscardPolicy, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { connectAs, settings } from './wire.mjs';

const GIB = 1024 ** 3;
const NANOS = 1_000_000;

const nc = await connectAs('operator');
const jsm = await jetstreamManager(nc);
for (const t of settings.tenants) {
  const work = ['raw', 'event', 'command', 'deliver', 'later'].map((family) => `pms.${t}.${family}.>`);
  const log = ['outcome', 'notice', 'audit'].map((family) => `pms.${t}.${family}.>`);
  const common = { storage: StorageType.File, num_replicas: 1, duplicate_window: 120_000 * NANOS, allow_direct: false };
  await jsm.streams.add({
    ...{ ...common, name: `WORK_${t}`, subjects: work, retention: RetentionPolicy.Workqueue, discard: DiscardPolicy.New },
    ...{ max_bytes: GIB },
  });
  await jsm.streams.add({
    ...{ ...common, name: `STATE_${t}`, subjects: [`pms.${t}.change.>`], retention: RetentionPolicy.Limits },
    ...{ discard: DiscardPolicy.New, max_msgs_per_subject: 16 },
  });
  await jsm.streams.add({
    ...{ ...common, name: `LOG_${t}`, subjects: log, retention: RetentionPolicy.Limits, discard: DiscardPolicy.Old },
    ...{ max_bytes: GIB / 4, max_age: 7 * 86_400_000 * NANOS },
  });
  const durable = (name, filter) =>
    jsm.consumers.add(`WORK_${t}`, {
      ...{ durable_name: name, filter_subject: `pms.${t}.${filter}`, ack_policy: AckPolicy.Explicit },
      ...{ ack_wait: 4_000 * NANOS, max_deliver: -1, max_ack_pending: 1_000, max_waiting: 64 },
    });
  await durable('normalizer-live', 'raw.live.>');
  await durable('registry-live-booking', 'event.live.booking.>');
}
await nc.close();
