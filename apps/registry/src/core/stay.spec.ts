import fc from 'fast-check';
import { localDateOf } from './stay.ts';

const ZONES = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Apia', 'Asia/Kathmandu'];
const HOUR_MS = 3_600_000;

describe('localDateOf', () => {
  it('is the date in the zone, whatever was asked just before', () => {
    const midnights = ZONES.map((zone) =>
      fc.record({
        zone: fc.constant(zone),
        day: fc.integer({ min: 0, max: 400 }),
        beside: fc.integer({ min: -90_000, max: 90_000 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(...midnights), { minLength: 1, maxLength: 30 }), (asked) => {
        for (const { zone, day, beside } of asked) {
          const midnight = Temporal.PlainDate.from('2026-01-01').add({ days: day }).toZonedDateTime(zone).epochMilliseconds;
          for (const ms of [midnight - 1, midnight, midnight + beside, midnight + 12 * HOUR_MS]) {
            const there = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
            expect(localDateOf(ms, zone)).toBe(there.toPlainDate().toString());
          }
        }
      }),
    );
  });
});
