import { contentHash, type RoomChange, type RoomState } from '@roomwire/events';
import { sameRoom } from './room.ts';

/** A room as readers are to see it. `isGone`: its unit's door is another unit's now; it looks vacant, and is to vanish. */
export type Picture = {
  room: RoomState;
  isGone: boolean;
  /** What two announcements are compared by. */
  hash: string;
};

export function pictureOf(room: RoomState, isGone: boolean): Picture {
  return { room, isGone, hash: contentHash(isGone ? { ...sameRoom(room), isGone } : sameRoom(room)) };
}

export function hashOfHeard({ type, data }: Pick<RoomChange, 'type' | 'data'>): string {
  return pictureOf(data, type === 'roomwire.room.gone').hash;
}
