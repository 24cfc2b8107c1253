import { pms, PmsError, type PageJob, type PushCommand, type SigningOperations } from '@roomwire/pms-port';
import { NOW } from '@roomwire/pms-port/conformance';
import { smoobu } from './adapter.ts';

const account = { account: '7', unsaid: { currency: 'EUR' } };
const port = pms(smoobu);
const first = { since: null, nights: { from: '2026-08-01', until: '2026-09-30' }, cursor: null };

describe('a read of smoobu', () => {
  const path = (kind: 'reservation' | 'property' | 'message' | 'rate', ...entities: string[]) =>
    port.readRequest({ kind, entities }, account).path;

  it('asks for all that the facets need', () => {
    expect(path('reservation', '292')).toBe('/api/reservations/292?showCancellation=true');
    expect(path('property', '38')).toBe('/api/apartments/38');
    expect(path('message', '292/1234')).toBe('/api/reservations/292/messages?page=1');
    const further = (cursor: string) => port.readRequest({ kind: 'message', entities: ['292/1234'], cursor }, account);
    expect(further('7')).toMatchObject({ path: '/api/reservations/292/messages?page=7', cursor: '7' });
    expect(() => further('7&page=8')).toThrow('invalid-request');
    expect(path('rate', '38:2026-10', '38:2026-02', '39:2026-02')).toBe(
      '/api/rates?apartments%5B%5D=38&apartments%5B%5D=39&start_date=2026-02-01&end_date=2026-11-01',
    );
    for (const [kind, entity] of [
      ['message', '1234'],
      ['rate', '38'],
    ] as const)
      // prettier-ignore
      expect(() => path(kind, entity)).toThrow('invalid-request');
  });
});

describe('a page of smoobu', () => {
  const path = (list: string, more: object = {}) => port.pageRequest({ list, ...first, ...more }, account).path;

  it('has cancelled ones, and whoever is in the house already', () => {
    const more = 'showCancellation=true&includePriceElements=true&pageSize=100';
    expect(path('reservations')).toBe(`/api/reservations?departureFrom=2026-08-01&arrivalTo=2026-09-30&${more}&page=1`);
    expect(path('reservations', { since: NOW, cursor: '2' })).toBe(`/api/reservations?modifiedFrom=2030-01-01&${more}&page=2`);
  });

  it('comes to the rates of every apartment, so many at a time', () => {
    const apartments = Array.from({ length: 45 }, (_, id) => ({ id: 100 + id, name: `No. ${id}` }));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const job: PageJob = { list: 'apartments', ...first, cursor };
      const { operation, path: asked } = port.pageRequest(job, account);
      const ids = new URL(asked, 'http://smoobu').searchParams.getAll('apartments[]');
      const body = operation === 'rates-page' ? { data: Object.fromEntries(ids.map((id) => [id, {}])) } : { apartments };
      seen.push(...ids);
      cursor = port.pageEnd(job, new TextEncoder().encode(JSON.stringify(body))).next;
    } while (cursor !== null);

    expect(seen).toEqual(apartments.map(({ id }) => String(id)));
  });
});

describe('a signature of smoobu', () => {
  const { sign } = smoobu.token as SigningOperations;
  const signed = (path: string) =>
    sign(
      { apiKey: 'key', apiSecret: 'secret' },
      { method: 'GET', path, bodySha256: '0'.repeat(64) },
      { at: '2026-04-01T12:00:00.000Z', nonce: 'n' },
    )['x-signature'];

  it('does not depend on the order of the query, but on that of one name', () => {
    expect(signed('/api/rates?b=2&a=1')).toBe(signed('/api/rates?a=1&b=2'));
    expect(signed('/api/rates?a=1&a=2')).not.toBe(signed('/api/rates?a=2&a=1'));
  });
});

describe('a webhook of smoobu', () => {
  it('is stored without the link to the guest’s own pages', () => {
    const body = new TextEncoder().encode('{"action":"newReservation","data":{"id":1,"guest-app-url":"https://pl4nted"}}');
    const stored = port.admit({ headers: {}, query: { key: 'k' }, body }, [{ key: 'k' }], NOW);

    expect(stored.kind).toBe('genuine');
    expect(new TextDecoder().decode((stored as { body: Uint8Array }).body)).not.toContain('pl4nted');
  });
});

describe('a push to smoobu', () => {
  const price: PushCommand = {
    ...{ kind: 'rate', unitType: '38', ratePlan: null, from: '2026-08-31', until: '2026-09-02' },
    ...{ price: { amountMinor: 14_850, currency: 'EUR' }, minimumStay: 2 },
  };
  const words: PushCommand = { kind: 'message', conversation: '292', reservation: null, body: 'Hello\nfrom us' };
  const sent = (...commands: PushCommand[]) =>
    port.pushRequests(commands, account).map(({ path, body, idempotent }): unknown => [path, JSON.parse(body!), idempotent]);

  it('says each night, and each message once', () => {
    expect(sent(price, { ...price, minimumStay: null })).toEqual([
      [
        '/api/rates',
        {
          apartments: [38],
          operations: [
            { dates: ['2026-08-31', '2026-09-01', '2026-09-02'], daily_price: 148.5, min_length_of_stay: 2 },
            { dates: ['2026-08-31', '2026-09-01', '2026-09-02'], daily_price: 148.5 },
          ],
        },
        true,
      ],
    ]);
    expect(sent(words)).toEqual([
      ['/api/reservations/292/messages/send-message-to-guest', { subject: 'Hello', messageBody: 'Hello\nfrom us' }, false],
    ]);
  });

  it('names no price in another currency than the account’s, and no plan', () => {
    for (const wrong of [
      { ...price, price: { amountMinor: 1, currency: 'USD' } },
      { ...price, ratePlan: 'flexible' },
      { ...price, unitType: 'loft' },
    ])
      expect(() => sent(wrong)).toThrow(PmsError);
    expect(() => port.pushRequests([price], { account: '7' })).toThrow(PmsError);
  });
});
