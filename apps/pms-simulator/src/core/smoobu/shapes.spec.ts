import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { differences } from '../spec-shape.ts';
import { canonical, isSigned, signatureOf } from './signing.ts';
import { SmoobuSpec } from './spec-smoobu.ts';

/** A body of the documents or of a third party's tests, as printed. */
const sample = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', `${name}.json`), 'utf8'));

describe('answers have the shape of the samples', () => {
  const spec = new SmoobuSpec();
  const [apartment] = spec.read<{ apartments: { id: number }[] }>('/api/apartments').apartments;

  it('reservations, in a list and alone', () => {
    const list = spec.read<{ bookings: { id: number }[] }>('/api/reservations?includePriceElements=true&pageSize=100');

    expect(differences(sample('reservation_list_envelope'), list)).toEqual([]);
    expect(differences(sample('reservation_object'), spec.read(`/api/reservations/${list.bookings[0]!.id}`))).toEqual([]);
  });

  it('availability', () => {
    const asked = { arrivalDate: '2028-11-01', departureDate: '2028-12-03', apartments: [apartment!.id], customerId: 9 };
    const { body } = spec.call('/booking/checkApartmentAvailability', 'POST', asked);
    const wrong = differences(sample('check_apartment_availability_response_truncated'), body);

    // Ids are names of members there.
    expect(wrong.filter((one) => !/prices\.\d+: (lacks|unknown)/.test(one))).toEqual([]);
    expect(body).toMatchObject({ availableApartments: [apartment!.id] });
  });

  it('webhooks', () => {
    const message = JSON.parse(spec.act({ act: 'message' }).deliveries[0]!.body) as unknown;
    const booking = JSON.parse(spec.act({ act: 'book', status: 'new' }).deliveries[0]!.body) as { data: object; user: number };
    const known = sample('webhook_new_reservation') as { data: object };

    expect(differences(sample('webhook_new_message'), message)).toEqual([]);
    // A shortened body: what it has must be here.
    expect(differences(known, booking).filter((one) => !one.endsWith('unknown'))).toEqual([]);
  });
});

describe('the signature', () => {
  const vector = sample('hmac_test_vector') as Record<string, string>;
  const signed = {
    ...{ method: vector['method']!, path: vector['path']!, query: new URLSearchParams('to=2026-04-10&from=2026-04-01') },
    ...{ body: '', timestamp: vector['timestamp']!, nonce: vector['nonce']!, apiKey: vector['apiKey']! },
  };

  it('is that of the vector', () => {
    const text = canonical(signed, encodeURIComponent);

    expect(text).toBe(vector['canonical']);
    expect(signatureOf(vector['apiSecret']!, text)).toBe(vector['signatureBase64']);
  });

  it.each([
    ['percent', [true, false]],
    ['plain', [false, true]],
    ['either', [true, true]],
  ] as const)('takes queries %s', (encoding, taken) => {
    const request = { ...signed, query: new URLSearchParams({ 'apartments[]': '1 2' }) };
    const ways = [encodeURIComponent, (plain: string): string => plain];

    const right = ways.map((way) => isSigned(request, 'secret', signatureOf('secret', canonical(request, way)), encoding));

    expect(right).toEqual(taken);
  });
});
