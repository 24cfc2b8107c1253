/** What the floor's processes share: the connection, the sizes of what is stored, and how they say that they are ready. */
import { connect } from '@nats-io/transport-node';

/** `node floor/<hop>.mjs '{"nats": "nats://…", "password": "…", "tenants": ["a"]}'` */
export const settings = JSON.parse(process.argv[2] ?? '{}');

/**
 * Bytes of body and of headers that the product stores at each hop for one webhook about a reservation, seen on the wire
 * (bench/README.md says how); the raw body is the webhook itself.
 */
export const SIZES = {
  raw: { headers: 297 },
  event: { body: 1593, headers: 311 },
  record: { body: 1671, headers: 177 },
  room: { body: 1181, headers: 161 },
  outcome: { body: 300, headers: 80 },
};

/** As one of deploy/nats.conf's users: the broker checks the floor's subjects as it does the product's. */
export const connectAs = (user) =>
  connect({
    servers: new URL(settings.nats).host,
    ...{ user, pass: settings.password, inboxPrefix: `_INBOX.${user}`, name: `floor ${user}` },
  });

/** A JSON object's text, made up to so many bytes by a member `pad`. */
export function padded(object, bytes) {
  const text = JSON.stringify(object);
  return `${text.slice(0, -1)},"pad":"${PAD.slice(0, Math.max(0, bytes - text.length - 9))}"}`;
}
export const PAD = '.'.repeat(4096);

export const ready = (what = {}) => process.stdout.write(`${JSON.stringify({ event: 'listening', ...what })}\n`);

/** Ends at once when asked, or when whoever started it is gone: nothing here is worth keeping. */
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => process.exit(0));
const parent = process.ppid;
setInterval(() => process.ppid !== parent && process.exit(0), 500).unref();
