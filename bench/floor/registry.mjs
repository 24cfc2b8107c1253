/** An event → a record, a room and an outcome, stored at once → ack. */
import { jetstream } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { connectAs, PAD, padded, ready, settings, SIZES } from './wire.mjs';

const nc = await connectAs('registry');
const js = jetstream(nc);
const padOf = (bytes) => {
  const head = headers();
  head.set('Rw-Pad', PAD.slice(0, bytes - 24));
  return head;
};
const heads = { record: padOf(SIZES.record.headers), room: padOf(SIZES.room.headers), outcome: padOf(SIZES.outcome.headers) };
let revision = 0;

async function pass(tenant, message) {
  const { receipt, reservation, unit, guest } = message.json();
  const hops = { ...hopsOf(message.headers.get('Rw-Hops')), applied: Date.now() };
  const change = { tenant, receipt, revision: ++revision };
  const of = `pms.${tenant}`;
  const record = padded(
    { ...change, type: 'roomwire.reservation.changed', subject: `reservation/${reservation}` },
    SIZES.record.body,
  );
  const data = { unit, current: { reservation, guest } };
  const room = padded({ ...change, type: 'roomwire.room.changed', data }, SIZES.room.body);
  const outcome = padded({ tenant, receipt, verdict: 'applied', hops }, SIZES.outcome.body);
  await Promise.all([
    js.publish(`${of}.change.room.p-${unit}.u-${unit}`, room, { headers: heads.room }),
    js.publish(`${of}.change.reservation.${tenant}-hostaway.${reservation}`, record, { headers: heads.record }),
    js.publish(`${of}.outcome.${receipt}`, outcome, { headers: heads.outcome }),
  ]);
  message.ack();
}

const hopsOf = (text) => Object.fromEntries(text.split(',').map((hop) => [hop.split('=')[0], Number(hop.split('=')[1])]));

for (const tenant of settings.tenants) {
  const consumer = await js.consumers.get(`WORK_${tenant}`, 'registry-live-booking');
  await consumer.consume({ max_messages: 500, callback: (message) => void pass(tenant, message) });
}
ready();
