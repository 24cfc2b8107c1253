import { facet, HEADER, recordChangeOf, subjectOf, type EntityRecord, type OutcomeMessage } from '@roomwire/events';
import { Bus, LATER_HEADER, publishDeadLetter, type NatsConnection } from '@roomwire/jetstream';
import type { NatsServer } from '@roomwire/testkit';
import { asAda, brokerOfUsers, connectAs } from './testing/broker.ts';
import { makeAcme } from './testing/acme.ts';

const AT = Date.parse('2026-11-21T05:59:00Z');
const EVENT = 'e'.repeat(40);
const raw = subjectOf({ tenant: 'acme', family: 'raw', lane: 'live', provider: 'hostaway', connection: 'c1' });
let nats: NatsServer;
let nc: NatsConnection;
let bus: Bus;
beforeAll(async () => {
  nats = await brokerOfUsers();
  nc = await connectAs('operator', nats);
  bus = new Bus(nc);
  await makeAcme(nc);
});
afterAll(async () => {
  await nc?.close();
  await nats?.[Symbol.asyncDispose]();
});

const roomwire = (...args: string[]) => asAda(nats, args);
const headersOf = (receipt: string): Record<string, string> => ({ [HEADER.receipt]: receipt, [HEADER.hops]: `received=${AT}` });
const outcome = (receipt: string, told: Partial<OutcomeMessage>, id: string) =>
  bus.publish(
    { tenant: 'acme', family: 'outcome', receipt },
    { tenant: 'acme', receipt, connection: 'c1', stage: 'registry', kind: 'reservation', entity: '9', hops: {}, ...told },
    { id },
  );

describe('roomwire trace', () => {
  it('tells what was applied, and what readers heard of it; by the event’s id too', async () => {
    await outcome(
      'receipt-applied',
      { verdict: 'applied', revision: 2, hops: { received: AT, normalized: AT + 9, applied: AT + 23 } },
      `oc:${EVENT}:2:applied`,
    );
    const guest = { name: 'Ada', adults: null, children: null };
    const stamp = { epoch: 0, modifiedAt: 1, rank: 0, observedAt: 0, mapping: 1 } as const;
    const record: EntityRecord = { kind: 'reservation', connection: 'c1', entity: '9', facets: { guest: facet(guest, stamp) } };
    const cause = {
      tenant: 'acme',
      provider: 'hostaway',
      lane: 'live',
      receivedAt: new Date(AT).toISOString(),
      receipt: 'receipt-applied',
    } as const;
    const change = recordChangeOf(record, 2, { property: 'p-1', units: ['u-1'] }, cause, { confirmed: false });
    await bus.publish({ tenant: 'acme', family: 'change', kind: 'reservation', scope: 'c1', entity: '9' }, change, {
      id: change.id,
    });

    const told = await roomwire('trace', 'receipt-applied');
    const byEvent = await roomwire('trace', `ev:${EVENT}`, '--json');

    expect(told).toMatchObject({ code: 0, err: '' });
    expect(told.out).toMatch(/2026-11-21T05:59:00\.023Z +\+23 +registry +applied as revision 2 of reservation c1\/9/);
    expect(told.out).toMatch(/STATE +roomwire\.reservation\.changed c1\/9, revision 2, message 1\n/);
    expect(told.out.trimEnd().split('\n').at(-1)).toBe('applied as revision 2 of reservation c1/9, 23 ms after receipt');
    expect(JSON.parse(byEvent.out)).toMatchObject({ receipt: 'receipt-applied', answers: [expect.stringMatching(/^applied/)] });
  });

  it('finds what nobody has taken up yet', async () => {
    await bus.publish(raw, '{}', { id: 'r1', headers: headersOf('receipt-raw') });

    expect((await roomwire('trace', 'receipt-raw')).out).toMatch(/\nwaiting: raw, not taken up yet for \d+s\n$/);
  });

  it('finds what is put off, parked or dead', async () => {
    const later = (n: string, more: Record<string, string>) =>
      bus.publish({ tenant: 'acme', family: 'later', stage: 'normalizer-live', n }, '{}', {
        id: n,
        headers: {
          ...headersOf(`receipt-${n}`),
          [LATER_HEADER.subject]: raw,
          [LATER_HEADER.due]: String(Date.parse('2026-11-21T06:00:40Z')),
          ...more,
        },
      });
    await later('waits', {});
    await later('parked', { [LATER_HEADER.parkedFor]: 'c1' });
    const letter = {
      tenant: 'acme',
      stream: 'WORK_acme',
      seq: 5,
      stage: 'normalizer-live',
      subject: raw,
      attempts: 1,
      firstAt: new Date(AT).toISOString(),
    };
    await publishDeadLetter(
      bus,
      { ...letter, headers: Object.entries(headersOf('receipt-dead')), data: new Uint8Array() },
      { reason: 'schema', pointer: '/data/0' },
    );

    expect((await roomwire('trace', 'receipt-waits')).out).toMatch(/\nwaiting: a copy of normalizer-live is due in 40s\n$/);
    expect((await roomwire('trace', 'receipt-parked')).out).toMatch(/\nwaiting: parked by normalizer-live until c1 is active\n$/);
    expect((await roomwire('trace', 'receipt-dead')).out).toMatch(/\ndead letter acme:1: schema \/data\/0\n$/);
  });

  it('follows a hint to the read that it caused', async () => {
    await outcome('receipt-hint', { stage: 'normalizer', verdict: 'hinted' }, 'h1');
    await outcome('receipt-hint', { stage: 'sync-worker', verdict: 'read', detail: 'receipt-of-read' }, 'h2');
    await outcome('receipt-of-read', { verdict: 'confirmed', revision: 2, hops: { requested: AT, applied: AT + 4 } }, 'h3');

    expect((await roomwire('trace', 'receipt-hint')).out).toMatch(
      /read receipt-of-read: confirmed as revision 2 of reservation c1\/9, 4 ms after the request\n$/,
    );
  });

  it.each([
    [['trace', 'receipt-of-nothing'], 3, /nothing names receipt-of-nothing/],
    [['trace', 'no receipt'], 2, /neither a receipt nor the id of an event/],
    [['trace', 'receipt-raw', '--tenant', 'other'], 3, /no such tenant/],
  ])('%j ends with %i', async (args, code, says) => {
    expect(await roomwire(...args)).toMatchObject({ code, out: '', err: expect.stringMatching(says) as string });
  });
});
