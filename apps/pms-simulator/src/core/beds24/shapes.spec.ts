import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { differences } from '../spec-shape.ts';
import { Beds24Spec, BEDS24 } from './spec-beds24.ts';

/** A documented or captured body, as printed. */
const sample = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', `${name}.json`), 'utf8'));

const days = 'startDate=2027-01-11&endDate=2027-01-20';

describe('answers have the shape of what was captured or specified', () => {
  const spec = new Beds24Spec({ multiUnit: { listings: 1, units: 2 } });
  spec.act({ act: 'message' });

  it.each([
    ['bookings', 'get_bookings_response_captured'],
    ['bookings?status=cancelled&modifiedFrom=2020-01-01', 'get_bookings_response_captured_cancelled'],
    ['bookings/messages?maxAge=1&source=host', 'get_bookings_messages_response_captured_empty'],
    ['bookings/messages', 'schema_get_bookings_messages_response'],
    ['properties?includeUnitDetails=true', 'schema_get_properties_response_excerpt'],
    [`inventory/rooms/availability?${days}`, 'schema_get_inventory_rooms_availability_response'],
    [`inventory/rooms/unitBookings?${days}`, 'schema_get_inventory_rooms_unitBookings_response'],
  ])('%s', (path, name) => {
    const { body } = spec.call(path);
    const wrong = differences(sample(name), body);

    // Days and units are names of members here; of cancellation rules and of links only the schema's spelling differs.
    const open = /availability\.20|unitBookings\.20|allowCancellation|nextPageLink/;
    expect(wrong.filter((one) => !open.test(one))).toEqual([]);
  });

  it('the calendar, with everything that a flag asks for', () => {
    const flags = ['NumAvail', 'MinStay', 'MaxStay', 'Multiplier', 'Override', 'Prices']
      .map((flag) => `include${flag}=true`)
      .join('&');
    const wrong = differences(
      sample('schema_get_inventory_rooms_calendar_response'),
      spec.call(`inventory/rooms/calendar?${days}&${flags}`).body,
    );

    expect(wrong.filter((one) => !/price\d+: lacks|channels: lacks/.test(one))).toEqual([]);
  });

  it('the tokens', () => {
    expect(
      differences(sample('schema_get_authentication_setup_response'), spec.auth('setup', { code: BEDS24.inviteCode }).body),
    ).toEqual([]);
    expect(differences(sample('schema_get_authentication_details_response'), spec.call('authentication/details').body)).toEqual(
      [],
    );
  });

  it('a booking that was made, and one that was refused whole', () => {
    const roomId = spec.account.listings[0]!.id;
    const made = spec.post('bookings', [{ roomId, arrival: '2028-01-01', departure: '2028-01-05', status: 'confirmed' }]);

    expect(made.status).toBe(201);
    expect(differences(sample('post_bookings_response_created_201'), made.body)).toEqual([]);
    expect(spec.post('bookings', {})).toMatchObject({ status: 400, body: sample('error_400_malformed') });
  });

  it('webhooks', () => {
    const [booking, inventory] = spec
      .act({ act: 'book', status: 'new' })
      .deliveries.map(({ body }) => JSON.parse(body) as unknown);

    expect(differences(sample('webhook_booking_v2_captured'), booking)).toEqual([]);
    expect(differences(sample('inventory_webhook'), inventory)).toEqual([]);
  });
});
