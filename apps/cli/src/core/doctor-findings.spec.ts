import {
  brokerFindings,
  connectionsFindings,
  monitorFindings,
  redisFindings,
  type SeenBroker,
  type SeenRedis,
} from './doctor-findings.ts';
import { findingsText, isInDanger, type Finding } from './finding.ts';

const stream = { messages: 0, bytes: 0, bytesMax: 1_000, behind: [], drift: [] };
const consumer = { isPulled: true, waiting: 0, inHand: 0, drift: [] };
const three = ['n1', 'n2', 'n3'];
const cluster: SeenBroker = {
  ...{ version: '2.15.1', cluster: 'blue', clock: { broker: 1_000, asked: 990, answered: 1_010 }, missing: [] },
  streams: [
    { ...stream, name: 'WORK_acme', replicas: 3, members: three },
    { ...stream, name: 'STATE_acme', replicas: 3, members: three },
  ],
  consumers: [
    { ...consumer, stream: 'WORK_acme', name: 'normalizer-live', replicas: 3 },
    { ...consumer, stream: 'WORK_acme', name: 'registry-live-booking', replicas: 3 },
  ],
};
const redis: SeenRedis = {
  ...{ version: '7.2.4', policy: 'noeviction', appendOnly: true, usedBytes: 100, maxBytes: 1_000, rewriteFailed: false },
  clock: { redis: 1_000, asked: 990, answered: 1_010 },
};
const of = (findings: Finding[], about: string): Finding | undefined => findings.find((each) => each.about === about);
const broker = (more: Partial<SeenBroker>) => brokerFindings({ ...cluster, ...more });

describe('what doctor makes of what it sees', () => {
  it('finds a healthy cluster in order, and counts its Raft groups by server', () => {
    const findings = broker({});

    expect(findings.filter(({ level }) => level !== 'ok' && level !== 'not-seen')).toEqual([]);
    expect(of(findings, 'raft groups')).toMatchObject({ level: 'ok', seen: 'n1: 4, n2: 4, n3: 4' });
    expect(of(findings, 'sync-worker')).toMatchObject({ level: 'not-seen' });
  });

  it.each<[string, Partial<SeenBroker>, string, string]>([
    ['an old server', { version: '2.13.9' }, 'nats-server', 'danger'],
    ['one server', { cluster: null }, 'replicas', 'warning'],
    ['a stream of one replica in a cluster', { streams: [{ ...cluster.streams[0]!, replicas: 1 }] }, 'replicas', 'danger'],
    ['a follower that is behind', { streams: [{ ...cluster.streams[0]!, behind: ['n2'] }] }, 'WORK_acme', 'danger'],
    ['a stream that is half full', { streams: [{ ...cluster.streams[0]!, bytes: 600 }] }, 'WORK_acme', 'warning'],
    ['a stream that is nearly full', { streams: [{ ...cluster.streams[0]!, bytes: 900 }] }, 'WORK_acme', 'danger'],
    [
      'a log that is full, which is its way',
      { streams: [{ ...cluster.streams[0]!, name: 'LOG_acme', bytes: 990 }] },
      'LOG_acme',
      'warning',
    ],
    ['a clock that is off', { clock: { broker: 4_000, asked: 990, answered: 1_010 } }, 'clock of the broker', 'warning'],
    ['a clock that is far off', { clock: { broker: 400_000, asked: 990, answered: 1_010 } }, 'clock of the broker', 'danger'],
    ['a consumer that is not pulled', { consumers: [{ ...cluster.consumers[0]!, isPulled: false }] }, 'normalizer', 'danger'],
    [
      'a consumer that is not pulled, of a tenant that is paused',
      { consumers: [cluster.consumers[0]!, { ...cluster.consumers[0]!, isPulled: false }] },
      'normalizer',
      'warning',
    ],
  ])('finds %s', (_, more, about, level) => {
    expect(of(broker(more), about)).toMatchObject({ level });
  });

  it('says how the broker writes to the disk, and what a loss of power takes', () => {
    expect(monitorFindings({ syncAlways: true, syncSeconds: 0, haAssets: 1_200 }).map(({ level }) => level)).toEqual([
      'ok',
      'danger',
    ]);
    expect(monitorFindings({ syncAlways: false, syncSeconds: 120, haAssets: 0 })[0]).toMatchObject({ level: 'warning' });
    expect(monitorFindings(undefined)[0]).toMatchObject({ level: 'not-seen' });
  });

  it.each<[Partial<SeenRedis>, string, string]>([
    [{ policy: 'volatile-lru' }, 'redis eviction', 'danger'],
    [{ appendOnly: false }, 'redis persistence', 'warning'],
    [{ usedBytes: 900 }, 'redis memory', 'danger'],
    [{ maxBytes: 0 }, 'redis memory', 'ok'],
    [{ version: '6.2.0' }, 'redis', 'warning'],
  ])('of a Redis with %j', (more, about, level) => {
    expect(of(redisFindings({ ...redis, ...more }), about)).toMatchObject({ level });
    expect(isInDanger(redisFindings(redis))).toBe(false);
  });

  it('tells who has lapsed, and that the vault is not there', () => {
    const lapsed = { id: 'c1', tenant: 'acme', status: 'active', credentials: 'lapsed' };

    expect(of(connectionsFindings([lapsed], true), 'connection c1')).toMatchObject({ level: 'danger' });
    expect(of(connectionsFindings([], false), 'token-vault')).toMatchObject({ level: 'danger' });
  });

  it('puts the worst first', () => {
    const lines = findingsText(broker({ version: '2.13.9', cluster: null })).split('\n');

    expect(lines.slice(1, 3).map((line) => line.split(' ')[0])).toEqual(['danger', 'warning']);
  });
});
