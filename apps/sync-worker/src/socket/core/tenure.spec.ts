import type { SocketState } from '@roomwire/events';
import { backoffMs, isFree, sightOf, TENURE_MS } from './tenure.ts';

const state: SocketState = {
  ...{ tenant: 't1', provider: 'mews', connection: 'c1', holder: 'worker-1', renewedAt: 1_800_000_000_000 },
  ...{ openSince: null, closedSince: null, problem: null },
};

describe('a socket in somebody else’s name', () => {
  it('is free when it has not been renewed for the whole tenure, by our own clock', () => {
    const sight = sightOf(undefined, state, 1_000);
    const later = sightOf(sight, state, 1_000 + TENURE_MS - 1);
    expect([sight, later]).toEqual([sight, sight]);
    expect(isFree(state, later, 1_000 + TENURE_MS - 1)).toBe(false);
    expect(isFree(state, later, 1_000 + TENURE_MS)).toBe(true);
  });

  it('is not free again once it was renewed, or another has it', () => {
    const sight = sightOf(undefined, state, 0);
    for (const next of [
      { ...state, renewedAt: state.renewedAt + 5_000 },
      { ...state, holder: 'worker-2' },
    ])
      expect(isFree(next, sightOf(sight, next, TENURE_MS), TENURE_MS)).toBe(false);
  });

  it('is free at once where it was given back', () => {
    const given = { ...state, holder: null };
    expect(isFree(given, sightOf(undefined, given, 0), 0)).toBe(true);
  });
});

describe('the wait before the next try', () => {
  it('doubles up to a minute, half of it by chance', () => {
    const bounds = [1, 2, 3, 7, 100].map((failures) => [backoffMs(failures, () => 0), backoffMs(failures, () => 1)]);
    expect(bounds).toEqual([
      [500, 1_000],
      [1_000, 2_000],
      [2_000, 4_000],
      [30_000, 60_000],
      [30_000, 60_000],
    ]);
  });
});
