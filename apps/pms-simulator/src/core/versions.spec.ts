import { Versions } from './versions.ts';

describe('Versions', () => {
  const hour = 3_600_000;

  it('shows what was, and nothing before there was anything or after it went', () => {
    const versions = new Versions(100, 'a');
    versions.set(200, 'b');
    versions.set(300, null);

    expect([99, 100, 199, 200, 300].map((at) => versions.asOf(at))).toEqual([null, 'a', 'a', 'b', null]);
    expect(versions.current).toBeNull();
  });

  it('forgets what no lag can reach any more, and keeps the one that stood then', () => {
    const versions = new Versions(0, 0);
    for (let at = hour; at <= 10 * hour; at += hour) versions.set(at, at);

    expect(versions.asOf(8.5 * hour)).toBe(8 * hour);
    expect(versions.asOf(hour)).toBeNull();
  });
});
