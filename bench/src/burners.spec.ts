import { above } from './burners.ts';

describe('above', () => {
  it('is what a course has taken more than an even one', () => {
    expect(above([300, 600, 700, 800], [90, 210, 290, 400])).toEqual([200, 400, 400, 400]);
  });

  it('never takes back what was taken: a lull later on was no idleness before', () => {
    expect(above([300, 310, 320, 700], [100, 200])).toEqual([200, 200, 200, 300]);
  });

  it('is nothing where nothing more was taken', () => {
    expect(above([90, 190], [100, 200])).toEqual([0, 0]);
  });
});
