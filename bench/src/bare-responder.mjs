/** What a lease is held against: one plain process that answers a request with as many bytes. `node bare-responder.mjs <server> <password>` */
import { connect } from '@nats-io/transport-node';

const [, , servers, pass] = process.argv;
const nc = await connect({ servers, user: 'bench', pass, name: 'bare responder' });
const answer = JSON.stringify({ response: { value: { accessToken: 'x'.repeat(1_000), validForMs: 15_897_600_000, lease: 1 } } });
nc.subscribe('bare.lease', { queue: 'bare', callback: (_error, message) => message.respond(answer) });
await nc.flush();
process.stdout.write('{"event":"listening"}\n');
