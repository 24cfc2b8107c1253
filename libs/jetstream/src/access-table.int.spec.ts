import { eventually, natsServer, type NatsServer } from '@roomwire/testkit';
import { natsConf, passwordVariable, USERS } from './access.ts';
import { connectNats, type NatsConnection } from './connect.ts';
import { BUCKETS } from './topology.ts';

const password = (user: string): string => `placeholder-of-${user}`;
const env = Object.fromEntries(USERS.map(({ user }) => [passwordVariable(user), password(user)]));

const NAMES = {
  ...{ G: 'ingest-gateway', N: 'normalizer', R: 'registry', P: 'propagator', V: 'token-vault', W: 'sync-worker', O: 'operator' },
} as const;
/** Of {@link NAMES}; none is nobody. */
type Letters = string;

const API = '$JS.API';
const TENANT_STREAMS = ['WORK_t1', 'FETCH_t1', 'STATE_t1', 'DEAD_t1', 'LOG_t1'];
const KV_STREAMS = BUCKETS.map(({ name }) => `KV_${name}`);
const ALL_STREAMS = [...TENANT_STREAMS, ...KV_STREAMS, 'AUDIT'];
/** By bucket: who reads it. */
const READERS: Record<string, Letters> = { tenants: 'GNRPWO', connections: 'GNRVWO', catalog: 'RWO', sync: 'RO', vault: 'VO' };
/** Those who may ask for a part of one beside them: by their filter. What they have asked for they may then take. */
const OF_A_PART: Record<string, Letters> = { ...READERS, sync: 'RWO' };

const every = (streams: readonly string[], subject: (stream: string) => string, users: Letters): [string, Letters][] =>
  streams.map((stream) => [subject(stream), users]);
const without = (...taken: string[]): string[] => ALL_STREAMS.filter((stream) => !taken.includes(stream));

/** Each family of subjects, and who may publish there: written by hand, not taken from access.ts. `''`: nobody at all. */
const PUBLISH: [string, Letters][] = [
  ['pms.t1.raw.live.hostaway.c1', 'GNWO'],
  ['pms.t1.raw.bulk.hostaway.c1', 'NWO'],
  ['pms.t1.event.live.booking.p1', 'NRO'],
  ['pms.t1.fetch.live.hostaway.c1.reservation.9', 'NRWO'],
  ['pms.t1.fetch.poll.hostaway.c1.reservation.9', 'NRWO'],
  ['pms.t1.fetch.backfill.hostaway.c1.reservation.9', 'NRWO'],
  ['pms.t1.push.critical.beds24.c1', 'WO'],
  ['pms.t1.command.clean.p1', 'O'],
  ['pms.t1.deliver.target', 'O'],
  ['pms.t1.later.normalizer.1', 'NRWO'],
  ['pms.t1.change.room.p.u', 'RO'],
  ['pms.t1.dead.s.p.r.f.1', 'NRWO'],
  ['pms.t1.outcome.r1', 'NRWO'],
  ['pms.t1.notice.token-lapsed', 'RVO'],
  ['pms.t1.notice.webhooks-silent', 'RVWO'],
  ['pms.t1.audit.review', 'O'],
  ['pms.t1.audit.registry', 'RO'],
  ['audit.token-vault.w1', 'V'],
  ['audit.operator.w1', 'O'],
  ['audit.token-vault', ''],
  ['$KV.tenants.t1', 'O'],
  ['$KV.connections.c1', 'RVO'],
  ['$KV.catalog.t1.unit.u1', 'RO'],
  ['$KV.sync.permit.x', 'VW'],
  ['$KV.sync.retell.c1', 'R'],
  ['$KV.sync.epoch.c1', 'R'],
  ['$KV.sync.page.x', 'WO'],
  ['$KV.sync.hook.c1', 'W'],
  ['$KV.sync.heard.c1', 'GW'],
  ['$KV.sync.socket.c1', 'W'],
  ['$KV.sync.replay.t1.r1', 'O'],
  ['$KV.sync.push.c1.rate.7', 'W'],
  ['$KV.sync.close.c1.7', 'W'],
  ['$KV.sync.cursor.x', ''],
  ['$KV.vault.c1', 'V'],
  ['$KV.vault.keys.ring', 'V'],
  ['vault.lease.sync-worker', 'W'],
  ['vault.report.sync-worker', 'W'],
  ['vault.webhook-secrets.ingest-gateway', 'G'],
  ['vault.put-credentials.operator', 'O'],
  ['vault.put-webhook-secret.operator', 'O'],
  ['vault.redeem-code.ingest-gateway', 'G'],
  ['vault.reauthorise.operator', 'O'],
  ['vault.begin-code-grant.operator', 'O'],
  ['vault.status.operator', 'O'],
  ['vault.keys.operator', 'O'],
  ['vault.rotate-keys.operator', 'O'],
  // With another's name, or in one's own what is another's to ask.
  ...[
    ...['lease', 'report', 'webhook-secrets', 'redeem-code', 'put-credentials', 'put-webhook-secret'],
    ...['reauthorise', 'begin-code-grant', 'status', 'keys', 'rotate-keys'],
  ].flatMap((operation): [string, Letters][] => [
    ...['normalizer', 'registry', 'propagator', 'token-vault', 'nobody'].map((caller): [string, Letters] => [
      `vault.${operation}.${caller}`,
      '',
    ]),
    [`vault.${operation}.sync-worker`, ['lease', 'report', 'webhook-secrets'].includes(operation) ? 'W' : ''],
    [`vault.${operation}.ingest-gateway`, ['webhook-secrets', 'redeem-code'].includes(operation) ? 'G' : ''],
  ]),
  ['vault.lease.operator', ''],
  ['vault.webhook-secrets.operator', ''],
  ['vault.redeem-code.operator', ''],
  // Answers, anybody's: the vault may only answer what it was asked.
  ...Object.values(NAMES).map((user): [string, Letters] => [`_INBOX.${user}.x`, '']),
  ...[`${API}.INFO`, `${API}.STREAM.NAMES`, `${API}.STREAM.LIST`].map((subject): [string, Letters] => [subject, 'O']),
  ...every(without(), (stream) => `${API}.STREAM.CREATE.${stream}`, 'O'),
  ...every(without('AUDIT'), (stream) => `${API}.STREAM.UPDATE.${stream}`, 'O'),
  ...every(without('AUDIT'), (stream) => `${API}.STREAM.PURGE.${stream}`, 'O'),
  [`${API}.STREAM.PURGE.AUDIT`, ''],
  ...['DELETE', 'RESTORE'].flatMap((what) => [
    ...every(without('AUDIT', 'KV_vault'), (stream) => `${API}.STREAM.${what}.${stream}`, 'O'),
    ...every(['AUDIT', 'KV_vault'], (stream) => `${API}.STREAM.${what}.${stream}`, ''),
  ]),
  [`${API}.STREAM.UPDATE.AUDIT`, ''],
  ...every(without(), (stream) => `${API}.STREAM.SNAPSHOT.${stream}`, 'O'),
  ...every(without(), (stream) => `${API}.STREAM.LEADER.STEPDOWN.${stream}`, 'O'),
  ...every(TENANT_STREAMS, (stream) => `${API}.STREAM.MSG.DELETE.${stream}`, 'NRWO'), // LOG itself denies it to everybody
  ...every(['KV_tenants', 'KV_connections', 'KV_catalog', 'KV_sync'], (stream) => `${API}.STREAM.MSG.DELETE.${stream}`, 'O'),
  ...every(['KV_vault', 'AUDIT'], (stream) => `${API}.STREAM.MSG.DELETE.${stream}`, ''),
  ...every(TENANT_STREAMS, (stream) => `${API}.STREAM.MSG.GET.${stream}`, 'NRWO'),
  [`${API}.STREAM.MSG.GET.AUDIT`, 'VO'],
  ...every(without(), (stream) => `${API}.DIRECT.GET.${stream}`, 'O'),
  ...every(without(), (stream) => `${API}.CONSUMER.LIST.${stream}`, 'O'),
  ...every(without(), (stream) => `${API}.CONSUMER.DURABLE.CREATE.${stream}.mine`, 'O'),
  ...every(without(), (stream) => `${API}.CONSUMER.CREATE.${stream}`, 'O'),
  ...every(without(), (stream) => `${API}.CONSUMER.CREATE.${stream}.mine`, 'O'),
  ...every(without(), (stream) => `${API}.CONSUMER.PAUSE.${stream}.mine`, 'O'),
  ...BUCKETS.flatMap(({ name }): [string, Letters][] => [
    [`${API}.STREAM.MSG.GET.KV_${name}`, OF_A_PART[name]!],
    [`${API}.CONSUMER.CREATE.KV_${name}.mine.$KV.${name}.>`, READERS[name]!],
    [`${API}.CONSUMER.MSG.NEXT.KV_${name}.mine`, OF_A_PART[name]!],
    [`${API}.CONSUMER.DELETE.KV_${name}.mine`, OF_A_PART[name]!],
  ]),
  [`${API}.CONSUMER.CREATE.KV_sync.mine.$KV.sync.page.>`, 'RWO'],
  [`${API}.CONSUMER.CREATE.KV_sync.mine.$KV.sync.close.>`, 'RWO'],
  [`${API}.CONSUMER.CREATE.WORK_t1.mine.pms.t1.raw.>`, 'O'],
  [`${API}.CONSUMER.CREATE.FETCH_t1.mine.pms.t1.fetch.>`, 'O'],
  [`${API}.CONSUMER.CREATE.STATE_t1.mine.pms.t1.change.>`, 'RPWO'],
  [`${API}.CONSUMER.CREATE.DEAD_t1.mine.pms.t1.dead.>`, 'O'],
  [`${API}.CONSUMER.CREATE.LOG_t1.mine.pms.t1.outcome.>`, 'O'],
  [`${API}.CONSUMER.CREATE.AUDIT.mine.audit.>`, 'O'],
  [`${API}.CONSUMER.MSG.NEXT.AUDIT.mine`, 'O'],
  // A reader that somebody else made of the vault's bucket, through a filter of one's own.
  [`${API}.CONSUMER.CREATE.KV_vault.mine.pms.t1.change.>`, 'RPWO'],
  [`${API}.CONSUMER.CREATE.AUDIT.mine.pms.t1.change.>`, 'RPWO'],
  ...(
    [
      ['WORK_t1', 'normalizer-live', 'N'],
      ['WORK_t1', 'normalizer-bulk', 'N'],
      ['WORK_t1', 'registry-live-booking', 'R'],
      ['WORK_t1', 'registry-bulk', 'R'],
      ['FETCH_t1', 'fetch-hostaway-live', 'W'],
      ['FETCH_t1', 'fetch-mews-backfill', 'W'],
      ['WORK_t1', 'push-beds24-critical', 'W'],
    ] as const
  ).flatMap(([stream, durable, user]): [string, Letters][] => [
    [`${API}.CONSUMER.MSG.NEXT.${stream}.${durable}`, `${user}O`],
    [`${API}.CONSUMER.DELETE.${stream}.${durable}`, 'O'],
    [`$JS.ACK.${stream}.${durable}.1.1.1.1.1`, `${user}O`],
    [`$JS.ACK._.hash.${stream}.${durable}.1.1.1.1.1.x`, `${user}O`],
  ]),
  ['$SYS.REQ.SERVER.PING', ''],
  ['$SYS.REQ.ACCOUNT.PING.CONNZ', ''],
];

const SUBSCRIBE: [string, Letters][] = [
  ['>', ''],
  ['*.>', ''],
  ['_INBOX.>', ''],
  ['_INBOX.*.x', ''],
  ...Object.entries(NAMES).map(([letter, user]): [string, Letters] => [`_INBOX.${user}.>`, letter]),
  ['vault.>', 'V'],
  ['vault.lease.*', 'V'],
  ['pms.>', 'O'],
  ['pms.t1.raw.>', 'O'],
  ['pms.t1.change.>', 'O'],
  ['audit.>', ''],
  ['$KV.>', ''],
  ['$KV.vault.>', ''],
  ['$JS.API.>', ''],
  ['$JS.ACK.>', ''],
  ['$JS.EVENT.ADVISORY.>', ''],
  ['$SYS.>', ''],
];

/** No stream is there: what is allowed does no harm. */
describe('every user against every family of subjects', () => {
  let nats: NatsServer;
  let users: (readonly [letter: string, nc: NatsConnection])[];
  beforeAll(async () => {
    nats = await natsServer({ config: natsConf(), env });
    users = await Promise.all(
      Object.entries(NAMES).map(
        async ([letter, user]) =>
          [letter, await connectNats({ servers: nats.url, user, pass: password(user), service: user })] as const,
      ),
    );
  });
  afterAll(async () => {
    await Promise.all(users.map(([, nc]) => nc.close()));
    await nats[Symbol.asyncDispose]();
  });

  it('is all of them', () => {
    expect(Object.values(NAMES).sort()).toEqual(USERS.map(({ user }) => user).sort());
    expect(new Set(PUBLISH.map(([subject]) => subject)).size).toBeGreaterThan(200);
  });

  it('publishes what it needs, and is refused everything else', async () => {
    const refused = new Set<string>();
    for (const [letter, nc] of users) {
      hearRefusals(nc, 'publish', (subject) => refused.add(`${letter} ${subject}`));
      for (const [subject] of PUBLISH) nc.publish(subject, '{}');
      await nc.flush();
    }
    await eventually(() => expect(holders(PUBLISH, refused)).toEqual(sorted(PUBLISH)));
  });

  it('hears what it is to hear, and nothing else', async () => {
    const refused = new Set<string>();
    for (const [letter, nc] of users) {
      const subscriptions = SUBSCRIBE.map(([subject]) =>
        nc.subscribe(subject, { callback: (error) => void (error && refused.add(`${letter} ${subject}`)) }),
      );
      await nc.flush();
      for (const subscription of subscriptions) if (!subscription.isClosed()) subscription.unsubscribe();
    }
    await eventually(() => expect(holders(SUBSCRIBE, refused)).toEqual(sorted(SUBSCRIBE)));
  });
});

function hearRefusals(nc: NatsConnection, operation: string, heard: (subject: string) => void): void {
  void (async () => {
    for await (const status of nc.status())
      if (status.type === 'error' && 'subject' in status.error && 'operation' in status.error)
        if (status.error.operation === operation) heard(String(status.error.subject));
  })();
}

const letters = Object.keys(NAMES);
const holders = (table: [string, Letters][], refused: ReadonlySet<string>): string[] =>
  [...new Set(table.map(([subject]) => subject))].map(
    (subject) => `${subject}: ${letters.filter((letter) => !refused.has(`${letter} ${subject}`)).join('')}`,
  );
/** A subject that stands there twice has one line: the first says who, and the second must agree. */
const sorted = (table: [string, Letters][]): string[] => [
  ...new Set(table.map(([subject, users]) => `${subject}: ${letters.filter((letter) => users.includes(letter)).join('')}`)),
];
