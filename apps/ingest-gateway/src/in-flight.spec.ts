import { InFlight } from './in-flight.ts';

describe('InFlight', () => {
  it('has room for so many of each tenant, whatever the others do', () => {
    const inFlight = new InFlight(2);

    const leave = inFlight.enter('a');
    expect([inFlight.enter('a'), inFlight.enter('a'), inFlight.enter('b')].map(Boolean)).toEqual([true, false, true]);

    leave!();
    expect([inFlight.enter('a'), inFlight.enter('a')].map(Boolean)).toEqual([true, false]);
  });
});
