/** Rooms' changes as they are stored → server-sent events. */
import { Buffer } from 'node:buffer';
import { createServer } from 'node:http';
import { DeliverPolicy, jetstream } from '@nats-io/jetstream';
import { connectAs, ready, settings } from './wire.mjs';

const nc = await connectAs('propagator');
const js = jetstream(nc);
const clients = new Map(settings.tenants.map((tenant) => [tenant, new Set()]));
const END = Buffer.from('\n\n');

for (const tenant of settings.tenants) {
  const filter_subjects = `pms.${tenant}.change.room.>`;
  const consumer = await js.consumers.get(`STATE_${tenant}`, { filter_subjects, deliver_policy: DeliverPolicy.New });
  await consumer.consume({
    max_messages: 1_000,
    callback: ({ seq, data }) => {
      const frame = Buffer.concat([Buffer.from(`id: ${seq}\nevent: change\ndata: `), data, END]);
      for (const client of clients.get(tenant)) client.write(frame);
    },
  });
}

const server = createServer((request, response) => {
  const of = clients.get(new URL(request.url, 'http://floor').searchParams.get('tenant'));
  if (!of) return void response.writeHead(404).end();
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: live\ndata: {}\n\n');
  of.add(response);
  response.on('close', () => of.delete(response));
});
server.listen(0, '127.0.0.1', () => ready({ port: server.address().port }));
