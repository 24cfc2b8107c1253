import fc from 'fast-check';
import { cursorOf, placeIn } from './cursor.ts';

describe('cursorOf', () => {
  it('is undone by placeIn, for any place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (after) => {
        expect(placeIn('rooms', cursorOf('rooms', after))).toBe(after);
      }),
    );
  });

  it('is legal in an address as it is', () => {
    expect(cursorOf('rooms', 'ü/ ?&')).toMatch(/^[A-Za-z0-9_-]+$/);
  });
});

describe('placeIn', () => {
  const own = cursorOf('rooms', 'u-1');
  const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it.each([
    ['nothing', ''],
    ['a cursor of another list', cursorOf('units', 'u-1')],
    ['a cursor with something behind it', `${own}=`],
    ['what is not base64url', 'a b'],
    ['what is not JSON', Buffer.from('{').toString('base64url')],
    ['another shape', text({ rooms: 'u-1' })],
    ['a place of nothing', text(['rooms', ''])],
    ['one that we would have written otherwise', Buffer.from('["rooms", "u-1"]').toString('base64url')],
  ])('knows %s from a cursor of its own', (_, cursor) => {
    expect(placeIn('rooms', cursor)).toBeUndefined();
  });
});
