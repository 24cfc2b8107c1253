import fc from 'fast-check';
import { conflictIdOf, type ConflictSide, type ReservationStatus } from '@roomwire/events';
import type { SideFact } from './conflict.ts';
import { overlapsOf } from './overlap.ts';
import { dayAfter, type Stay } from './stay.ts';

const day = (n: number): string => new Date(Date.UTC(2026, 2, 20 + n)).toISOString().slice(0, 10);
const stay = (
  reservation: string,
  from: number,
  to: number,
  status: ReservationStatus = 'confirmed',
  connection = 'c1',
): Stay => ({
  ...{ reservation, connection, status, arrival: day(from), departure: day(to), guest: null },
  ...{ arrivesAt: '', departsAt: '', arrivesMs: 0, departsMs: 0, arrivalDayMs: 0, lateCheckout: false, earlyArrival: false },
  readAt: 0,
});
const spanOf = ({ side }: SideFact) => side as Extract<ConflictSide, { what: 'reservation' }>;
const names = (sides: SideFact[]) => sides.map((each) => spanOf(each).reservation);
const brief = (stays: Stay[]) =>
  overlapsOf('u-1', stays).map(({ firstNight, lastNight, sides }) => [firstNight, lastNight, names(sides).join('')]);

describe('overlapsOf', () => {
  it('names the nights that more than one stay claims, and everybody who is connected', () => {
    expect(brief([stay('a', 0, 4), stay('b', 3, 8), stay('c', 7, 9), stay('d', 20, 22)])).toEqual([[day(3), day(7), 'abc']]);
    expect(brief([stay('a', 0, 10), stay('b', 2, 3), stay('c', 5, 6)])).toEqual([[day(2), day(5), 'abc']]);
  });

  it('lets one come on the day on which another leaves', () => {
    expect(brief([stay('a', 0, 2), stay('b', 2, 4)])).toEqual([]);
    // By dates, also in the night in which the clocks go forward.
    expect(brief([stay('a', 8, 9), stay('b', 9, 10)])).toEqual([]);
  });

  it('counts only stays that keep others out', () => {
    const others: ReservationStatus[] = ['inquiry', 'cancelled', 'no-show', 'checked-out'];
    for (const status of others) expect(brief([stay('a', 0, 3), stay('b', 1, 2, status)])).toEqual([]);
    for (const status of ['tentative', 'checked-in', 'owner'] as const)
      expect(brief([stay('a', 0, 3), stay('b', 1, 2, status)])).toHaveLength(1);
  });

  it('sees the same door sold by two systems', () => {
    expect(brief([stay('1', 0, 3), stay('1', 1, 2, 'confirmed', 'c2')])).toEqual([[day(1), day(1), '11']]);
  });

  it('has an id that is made of the unit and the first night, whoever asks', () => {
    const stays = [stay('a', 0, 4), stay('b', 3, 8)];
    expect(overlapsOf('u-1', stays)[0]!.id).toBe(conflictIdOf('overlap', 'u-1', day(3)));
    expect(overlapsOf('u-2', stays)[0]!.id).not.toBe(overlapsOf('u-1', stays)[0]!.id);
  });

  it('agrees with counting every night, in any order of the stays', () => {
    const some = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 5 })), { maxLength: 8 });
    fc.assert(
      fc.property(some, fc.infiniteStream(fc.nat()), (spans, order) => {
        const stays = spans.map(([from, nights], i) => stay(String.fromCharCode(97 + i), from, from + nights));
        const shuffled = stays
          .map((each) => ({ each, at: order.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ each }) => each);
        expect(overlapsOf('u', shuffled)).toEqual(overlapsOf('u', stays));

        const claims = (night: string) => stays.filter(({ arrival, departure }) => arrival <= night && night < departure);
        const contested = Array.from({ length: 20 }, (_, n) => day(n)).filter((night) => claims(night).length > 1);
        const found = overlapsOf('u', stays);
        for (const night of contested) {
          const of = found.filter(({ firstNight, lastNight }) => firstNight <= night && night <= lastNight);
          expect(of).toHaveLength(1);
          const there = names(of[0]!.sides);
          expect(there).toEqual(expect.arrayContaining(claims(night).map(({ reservation }) => reservation)));
        }
        for (const { firstNight, lastNight, sides } of found) {
          expect(contested).toEqual(expect.arrayContaining([firstNight, lastNight]));
          // Connected: no evening within it divides its sides into those before and those after.
          for (let cut = dayAfter(spanOf(sides[0]!).arrival); cut <= lastNight; cut = dayAfter(cut))
            expect(sides.map(spanOf).some(({ arrival, departure }) => arrival < cut && cut < departure)).toBe(true);
        }
        const all = found.flatMap(({ sides }) => names(sides));
        expect(new Set(all).size).toBe(all.length);
      }),
      { numRuns: 300 },
    );
  });
});
