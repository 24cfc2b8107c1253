import { askedOf } from './asked.ts';
import { cursorOf } from './cursor.ts';
import { OPERATIONS } from './operations.ts';

const reservations = (query: Record<string, unknown>) => askedOf(OPERATIONS.reservations, { params: {}, query });
const wrong = (query: Record<string, unknown>) => {
  const result = reservations(query);
  return 'wrong' in result ? result.wrong : [];
};

describe('askedOf', () => {
  it('takes numbers and lists out of text, and says what nobody asked', () => {
    const query = { limit: '7', status: 'confirmed,checked-in', from: '2026-05-01', to: '2026-05-01', property: 'p-1' };

    expect(reservations(query)).toEqual({ asked: { ...query, limit: 7, status: ['confirmed', 'checked-in'] } });
    expect(reservations({})).toEqual({ asked: { limit: 50 } });
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['limit', { limit: '0' }, />=1/],
    ['limit', { limit: '201' }, /<=200/],
    ['limit', { limit: 'many' }, /expected number/],
    ['limit', { limit: '1.5' }, /expected int/],
    ['limit', { limit: ['1', '2'] }, /expected number/],
    ['cursor', { cursor: 'x' }, /expected the "next" of an earlier answer of \/v1\/reservations/],
    ['cursor', { cursor: cursorOf('units', 'u-1') }, /expected the "next"/],
    ['status', { status: 'confirmed,lost' }, /expected one of "inquiry"/],
    ['status', { status: '' }, /expected one of "inquiry"/],
    ['from', { from: '2026-02-30' }, /date/],
    ['to', { from: '2026-05-02', to: '2026-05-01' }, /expected a day that is not before "from"/],
    ['property', { property: ['p-1', 'p-2'] }, /expected string/],
    ['unit', { unit: '../x' }, /expected a slug/],
    ['page', { page: '2' }, /unknown parameter: expected only limit, cursor, property, unit, connection, status, from, to/],
  ])('names %s for %j', (field, query, message) => {
    expect(wrong(query)).toEqual([{ field, message: expect.stringMatching(message) as string }]);
  });

  it('names everything that is wrong at once, in the path too', () => {
    const result = askedOf(OPERATIONS.record, {
      params: { kind: 'guest', connection: 'c1', entity: 'x'.repeat(129) },
      query: { a: '', b: '' },
    });

    expect(result).toMatchObject({
      wrong: [
        { field: 'kind', message: expect.stringContaining('expected one of "property"') as string },
        { field: 'entity', message: 'expected at most 128 bytes of UTF-8' },
        { field: 'a', message: 'unknown parameter: expected none' },
        { field: 'b' },
      ],
    });
  });
});
