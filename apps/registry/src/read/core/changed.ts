import { canonicalJson, type EntityRecord, type RoomState } from '@roomwire/events';
import { sameRoom } from '../../core/room.ts';

/** What a message says, by the names under which it is compared with the one before. */
export type Faces = Record<string, unknown>;

export function facesOfRecord({ facets }: EntityRecord): Faces {
  return Object.fromEntries(Object.entries(facets).map(([name, { version }]) => [name, version.contentHash]));
}

/** When it was looked at, and how fresh that was, is no change. */
export function facesOfRoom(room: RoomState): Faces {
  const { suspect, ...rest } = sameRoom(room);
  return { ...rest, freshness: suspect };
}

/** What was told, oldest first, is answered newest first, each with what differs from the one before; null: that is not kept. */
export function withChanges<T>(told: readonly { item: T; faces: Faces }[]): (T & { changed: string[] | null })[] {
  const items = told.map(({ item, faces }, i) => ({ ...item, changed: i === 0 ? null : differing(told[i - 1]!.faces, faces) }));
  return items.reverse();
}

function differing(before: Faces, now: Faces): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].filter((name) => textOf(before[name]) !== textOf(now[name])).sort();
}

const textOf = (value: unknown): string => (value === undefined ? '' : canonicalJson(value));
