import { Pace } from './pace.ts';

it('a pace lets so many through in a second, and again in the next', () => {
  const pace = new Pace(2);
  expect([0, 1, 999, 1_000, 1_001, 1_999, 2_000].map((now) => pace.take(now))).toEqual([
    true,
    true,
    false,
    true,
    true,
    false,
    true,
  ]);
});
