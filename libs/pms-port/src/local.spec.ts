import { isSameZone, localMicros, localTime } from './local.ts';

const MINUTE = 60_000;
const inBerlin = (text: string, resolutionMs = MINUTE) => localMicros(text, 'Europe/Berlin', resolutionMs);
const utc = (text: string) => Date.parse(text) * 1000;

describe('a local stamp', () => {
  it('is an instant of its zone', () => {
    expect(inBerlin('2026-08-02 13:45')).toBe(utc('2026-08-02T11:45:00Z'));
    expect(inBerlin('2026-01-02T13:45')).toBe(utc('2026-01-02T12:45:00Z'));
    expect(inBerlin('2026-01-02 13:45:06.123456')).toBe(utc('2026-01-02T12:45:06Z') + 123_456);
    expect(localMicros('2026-01-02 13:45', 'UTC', MINUTE)).toBe(utc('2026-01-02T13:45:00Z'));
  });

  it('of the hour that comes twice is that hour’s last, so that nobody orders what cannot be ordered', () => {
    expect(inBerlin('2026-10-25 01:59')).toBe(utc('2026-10-24T23:59:00Z'));
    for (const twice of ['2026-10-25 02:00', '2026-10-25 02:30', '2026-10-25 02:59'])
      expect(inBerlin(twice)).toBe(utc('2026-10-25T01:59:00Z'));
    expect(inBerlin('2026-10-25 02:30:30', 1_000)).toBe(utc('2026-10-25T01:59:59Z'));
    expect(inBerlin('2026-10-25 03:00')).toBe(utc('2026-10-25T02:00:00Z'));
  });

  it('is none where it is no hour, or one that the zone skips', () => {
    for (const text of [
      '2026-03-29 02:30',
      '2026-02-30 10:00',
      '2026-02-03 24:00',
      '2026-02-03',
      '',
      'yesterday',
      '2026-02-03 10:00Z',
    ])
      expect([text, inBerlin(text)]).toEqual([text, undefined]);
  });
});

describe('the house’s clock', () => {
  const at = (text: string, zone: string) => localTime(Date.parse(text) * 1000, zone);

  it('is its zone’s, on either side of midnight and of a change of hours', () => {
    expect(at('2023-04-23T22:30:59.999Z', 'Europe/Budapest')).toEqual({ date: '2023-04-24', time: '00:30' });
    expect(at('2023-01-23T22:30:00Z', 'Europe/Budapest')).toEqual({ date: '2023-01-23', time: '23:30' });
    expect(at('2023-04-23T03:00:00Z', 'America/New_York')).toEqual({ date: '2023-04-22', time: '23:00' });
  });

  it('shows nothing where the zone is unknown', () => {
    expect(at('2023-04-23T22:30:00Z', 'Mars/Olympus')).toBeUndefined();
  });

  it('may go by two names', () => {
    expect(isSameZone('Europe/Kiev', 'Europe/Kyiv')).toBe(true);
    expect(isSameZone('Europe/Berlin', 'Europe/Budapest')).toBe(false);
    expect(isSameZone('Mars/Olympus', 'Mars/Olympus')).toBe(false);
  });
});
