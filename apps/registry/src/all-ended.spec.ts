import { allEnded } from './all-ended.ts';

describe('allEnded', () => {
  it('answers with everything', async () => {
    expect(await allEnded([Promise.resolve(1), 'two', undefined])).toEqual([1, 'two', undefined]);
  });

  it('throws the first failure, and not before all has ended', async () => {
    const slow = Promise.withResolvers<void>();
    let thrown: unknown;
    const waiting = allEnded([slow.promise, Promise.reject(new Error('at once'))]).catch((error: unknown) => (thrown = error));
    await new Promise(setImmediate);
    expect(thrown).toBeUndefined();
    slow.resolve();
    await waiting;
    expect(thrown).toEqual(new Error('at once'));
  });
});
