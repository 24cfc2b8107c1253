import fc from 'fast-check';
import { Conflation } from './conflation.ts';

describe('Conflation', () => {
  it('keeps the newest of each subject, in ascending sequence', () => {
    const queue = new Conflation();
    for (const [seq, subject] of ['a', 'b', 'a', 'c'].entries()) queue.offer({ subject, seq });

    expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual([
      { subject: 'b', seq: 1 },
      { subject: 'a', seq: 2 },
      { subject: 'c', seq: 3 },
      undefined,
    ]);
  });

  it('says when an older message gave way', () => {
    const queue = new Conflation();

    expect(queue.offer({ subject: 'a', seq: 1 })).toBe(false);
    expect(queue.offer({ subject: 'a', seq: 2 })).toBe(true);
  });

  it('never holds more than one message per subject, and loses no newest, whenever it is drained', () => {
    const steps = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.constant('take' as const)), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (actions) => {
        const queue = new Conflation();
        const taken: { subject: string; seq: number }[] = [];
        const newest = new Map<string, number>();
        for (const [seq, action] of actions.entries()) {
          if (action === 'take') taken.push(...[queue.take()].filter((item) => item !== undefined));
          else queue.offer({ subject: action, seq: newest.set(action, seq).get(action)! });
          expect(queue.size).toBeLessThanOrEqual(3);
        }
        for (let item = queue.take(); item; item = queue.take()) taken.push(item);

        const seqs = taken.map(({ seq }) => seq);
        expect(seqs).toEqual([...seqs].sort((one, other) => one - other));
        expect(new Map(taken.map(({ subject, seq }) => [subject, seq]))).toEqual(newest);
      }),
    );
  });
});
