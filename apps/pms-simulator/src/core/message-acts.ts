import { choose, isRefused, type Acts, type Done, type Refused, type Scene } from './act-scene.ts';
import { FROM_GUESTS, FROM_HOSTS } from './people.ts';
import { newId } from './world.ts';

/** A guest writes; the host answers. Only the first is told by webhook ("new message received"). */
export const messageActs: Acts<'message' | 'reply'> = {
  message: (scene) => write(scene, true),
  reply: (scene) => write(scene, false),
};

/** A message moves `latestActivityOn` and leaves `updatedOn` as it is: the trap that a scan by activity must survive. */
function write(scene: Scene, incoming: boolean): Done | Refused {
  const { account, command, now } = scene;
  const reservation = choose(scene, ({ status }) => status !== 'cancelled');
  if (isRefused(reservation)) return reservation;
  const { conversationId, listingId, id: reservationId } = reservation;
  const body = command.body ?? account.chance.pick(incoming ? FROM_GUESTS : FROM_HOSTS);
  const id = newId(account, 'message');
  account.messages.push({ id, conversationId, reservationId, listingId, body, incoming, at: now });
  account.reservations.get(reservationId)?.set(now, { ...reservation, activityAt: now });
  return {
    ...{ kind: 'message', id, listings: [] },
    notices: incoming ? [{ hook: 'unified', event: 'message.received', messageId: id }] : [],
  };
}
