import { roomChangeOf, type RoomState } from '@roomwire/events';
import { deriveRoom } from './room.ts';
import { hashOfHeard, pictureOf } from './picture.ts';

const room: RoomState = deriveRoom(
  {
    unit: { id: 'u-1', property: 'p-1', name: 'One' },
    records: [],
    property: undefined,
    defaults: { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' },
    suspects: [],
    conflicts: { held: [], isReadable: () => false, reviewOf: () => undefined },
  },
  Date.parse('2026-01-01T00:00:00Z'),
).room;
const cause = { tenant: 't1', provider: 'internal', lane: 'live', receivedAt: room.asOf } as const;

it('a vacant unit and one that is gone are two pictures', () => {
  expect(pictureOf(room, true).hash).not.toBe(pictureOf(room, false).hash);
});

it.each([true, false])('what was heard is compared with what would be told (gone: %s)', (isGone) => {
  expect(hashOfHeard(roomChangeOf(room, 1, 'booking', cause, isGone))).toBe(pictureOf(room, isGone).hash);
});
