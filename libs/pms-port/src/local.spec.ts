import { localMicros } from './local.ts';

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
