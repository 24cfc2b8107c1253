import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { differences } from '../spec-shape.ts';
import { CloudbedsSpec } from './spec-cloudbeds.ts';

/** A body of the documents, or types made of the specification, as printed. */
const sample = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', `${name}.json`), 'utf8'));

describe('answers have the shape of the specification', () => {
  const spec = new CloudbedsSpec({ multiUnit: { listings: 1, units: 2 } });
  const all = 'includeGuestsDetails=true&includeCustomFields=true&includeAllRooms=true';
  spec.act({ act: 'doorCode' });
  spec.act({ act: 'cancel' });
  spec.act({ act: 'ticket', outOfOrder: true, title: 'Boiler' });
  spec.subscribe('reservation/created');
  const reservation = (): string => spec.read<{ reservationID: string }[]>('getReservations')[0]!.reservationID;

  it.each([
    ['getReservations', () => `getReservations?${all}`],
    ['getReservationsWithRateDetails', () => `getReservationsWithRateDetails?${all}`],
    ['getReservation', () => `getReservation?reservationID=${reservation()}`],
    ['getGuestsModified', () => 'getGuestsModified?resultsFrom=2026-01-01'],
    ['getHotels', () => 'getHotels'],
    ['getHousekeepingStatus', () => 'getHousekeepingStatus'],
    ['getRoomBlocks', () => 'getRoomBlocks'],
    ['getRooms', () => 'getRooms'],
    ['getWebhooks', () => 'getWebhooks'],
  ])('%s', (name, path) => {
    const { status, body } = spec.call(path());
    const wrong = differences(sample(`schema_${name}_response`), body);

    expect(status).toBe(200);
    // Of these the schema says only that they are objects, or that a message may come; "inspected" and no-show stand in its text.
    const open = /detailed(Room)?Rates\.|guestList\.|\$\.message: lacks|inspected is none of/;
    expect(wrong.filter((one) => !open.test(one))).toEqual([]);
  });

  it('postWebhook', () => {
    const form = { object: 'reservation', action: 'created', endpointUrl: 'http://receiver.invalid/' };

    expect(differences(sample('schema_postWebhook_response'), spec.send('postWebhook', form).body)).toEqual([]);
  });

  it('access_token', () => {
    const { body } = spec.grant({ grant_type: 'authorization_code', code: spec.code() });

    expect(differences(sample('access_token_response'), body)).toEqual([]);
  });

  it('getRateJobs', () => {
    spec.send(
      'patchRate',
      {
        'rates[0][rateID]': '1',
        'rates[0][interval][0][startDate]': '2028-01-01',
        'rates[0][interval][0][endDate]': '2028-01-02',
      },
      'PATCH',
    );

    expect(differences(sample('schema_getRateJobs_response'), spec.call('getRateJobs').body)).toEqual([]);
  });

  it('the webhook of a status', () => {
    spec.subscribe('reservation/status_changed');
    const { deliveries } = spec.act({ act: 'resend' });

    expect(differences(sample('webhook_reservation_status_changed'), JSON.parse(deliveries[0]!.body))).toEqual([]);
  });

  it('errors', () => {
    const bad = [
      spec.grant({ grant_type: 'authorization_code', code: 'nonsense' }),
      spec.grant({ grant_type: 'refresh_token', refresh_token: 'nonsense' }),
      spec.call('getHotels', { headers: {} }),
    ];
    spec.account.faults.respondFailed = 1;

    expect(bad.map(({ body }) => body)).toEqual([
      sample('error_401_bad_code'),
      sample('error_invalid_refresh_token'),
      sample('error_401_access_denied'),
    ]);
    expect(spec.call('getHotels')).toMatchObject({ status: 200, body: sample('error_200_inactive_user') });
    expect(spec.call('getHotels')).toMatchObject({ status: 200, body: { success: true } });
  });
});
