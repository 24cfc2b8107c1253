/** POST → one stored message → 202. */
import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { jetstream } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { connectAs, PAD, ready, SIZES } from './wire.mjs';

const nc = await connectAs('ingest-gateway');
const js = jetstream(nc);
const pad = PAD.slice(0, SIZES.raw.headers - 150);

const server = createServer((request, response) => {
  const receivedAt = Date.now();
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const receipt = randomUUID();
    const connection = request.url.slice(request.url.lastIndexOf('/') + 1);
    const tenant = connection.slice(0, connection.indexOf('-'));
    const head = headers();
    head.set('Rw-Receipt', receipt);
    head.set('Rw-Hops', `received=${receivedAt},stored=${Date.now()}`);
    head.set('Rw-Pad', pad);
    try {
      await js.publish(`pms.${tenant}.raw.live.hostaway.${connection}`, Buffer.concat(chunks), { headers: head });
      const body = `{"receipt":"${receipt}"}`;
      response.writeHead(202, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
    } catch (error) {
      response.writeHead(503).end(String(error));
    }
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => ready({ port: server.address().port }));
