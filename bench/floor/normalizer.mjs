/** A raw message → one stored event → ack. */
import { jetstream } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { connectAs, PAD, padded, ready, settings, SIZES } from './wire.mjs';

const nc = await connectAs('normalizer');
const js = jetstream(nc);
const pad = PAD.slice(0, SIZES.event.headers - 170);

async function pass(tenant, message) {
  const { id, listingMapId, guestName } = message.json().data;
  const receipt = message.headers.get('Rw-Receipt');
  const head = headers();
  head.set('Rw-Receipt', receipt);
  head.set('Rw-Hops', `${message.headers.get('Rw-Hops')},normalized=${Date.now()}`);
  head.set('Rw-Pad', pad);
  const event = padded({ receipt, reservation: String(id), unit: String(listingMapId), guest: guestName }, SIZES.event.body);
  await js.publish(`pms.${tenant}.event.live.booking.${listingMapId}`, event, { headers: head });
  message.ack();
}

for (const tenant of settings.tenants) {
  const consumer = await js.consumers.get(`WORK_${tenant}`, 'normalizer-live');
  await consumer.consume({ max_messages: 500, callback: (message) => void pass(tenant, message) });
}
ready();
