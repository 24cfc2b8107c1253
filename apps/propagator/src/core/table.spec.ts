import { announced, EPOCH, parseFrame, tableOf } from '../testing/announced.ts';
import { reservation, room } from '../testing/announcements.ts';
import { parseResumeToken } from './resume.ts';
import { StateTable } from './table.ts';

describe('StateTable', () => {
  it('holds the last message of each subject in ascending sequence', () => {
    const table = tableOf(
      room({ unit: 'u1', revision: 1 }),
      room({ unit: 'u2', revision: 1 }),
      room({ unit: 'u1', revision: 2 }),
    );

    expect([...table.entries()].map(({ seq, facts }) => [seq, facts.place.units[0], facts.revision])).toEqual([
      [2, 'u2', 1],
      [3, 'u1', 2],
    ]);
  });

  it('formats a frame whose id is the place in this stream', () => {
    const [entry] = tableOf(room({ unit: 'u1', revision: 1 })).entries();

    const frame = parseFrame([entry!.frame]);

    expect(parseResumeToken(frame.id ?? '')).toEqual({ epoch: EPOCH, seq: 1 });
    expect(frame.data).toEqual(room({ unit: 'u1', revision: 1 }).change);
  });

  it('knows a message that is read again after a reset', () => {
    const table = tableOf(room({ unit: 'u1', revision: 1 }));

    expect(table.accept(announced(room({ unit: 'u1', revision: 1 }), 1)).kind).toBe('known');
  });

  it('never goes back to a revision that is not higher, but moves its end', () => {
    const table = tableOf(room({ unit: 'u1', revision: 5 }));

    expect(table.accept(announced(room({ unit: 'u1', revision: 5 }), 2)).kind).toBe('not-newer');
    expect(table.accept(announced(room({ unit: 'u1', revision: 4 }), 3)).kind).toBe('not-newer');
    expect([...table.entries()].map(({ facts }) => facts.revision)).toEqual([5]);
    expect(table.lastSeq).toBe(3);
  });

  it('goes on with an entity that was forgotten and begins anew', () => {
    const table = tableOf(reservation({ id: 'r1', revision: 5 }));

    expect(table.accept(announced(reservation({ id: 'r1', revision: 1 }), 2, true)).kind).toBe('announce');
    expect([...table.entries()].map(({ seq, facts }) => [seq, facts.revision])).toEqual([[2, 1]]);
  });

  it('advances by a confirmation without telling anybody', () => {
    const table = tableOf(reservation({ id: 'r1', revision: 1 }));

    expect(table.accept(announced(reservation({ id: 'r1', revision: 2, confirmed: true }), 2))).toEqual({ kind: 'confirm' });
    expect([...table.entries()].map(({ seq, facts }) => [seq, facts.revision])).toEqual([[2, 2]]);
  });

  it('announces a confirmation that may hide a change the broker compacted away', () => {
    const confirmed = announced(reservation({ id: 'r1', revision: 3, confirmed: true }), 9);

    expect(tableOf(reservation({ id: 'r1', revision: 2 })).accept(confirmed).kind).toBe('confirm');
    expect(tableOf(reservation({ id: 'r1', revision: 1 })).accept(confirmed).kind).toBe('announce');
    expect(new StateTable(EPOCH).accept(confirmed).kind).toBe('announce');
  });
});
