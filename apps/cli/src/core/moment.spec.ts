import { momentOf } from './moment.ts';

const now = Date.parse('2026-11-21T12:00:00Z');

describe('momentOf', () => {
  it.each([
    ['90s', '2026-11-21T11:58:30.000Z'],
    ['2h', '2026-11-21T10:00:00.000Z'],
    ['3d', '2026-11-18T12:00:00.000Z'],
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T10:00:00+02:00', '2026-11-01T08:00:00.000Z'],
  ])('%s is %s', (text, at) => {
    expect(new Date(momentOf(text, now)!).toISOString()).toBe(at);
  });

  it.each(['yesterday', '2', '2 h', '2026', '2026-13-01', '2026-11-01T10:00'])('%s is none', (text) => {
    expect(momentOf(text, now)).toBeUndefined();
  });
});
