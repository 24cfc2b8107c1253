import { choose, isRefused, type Acts, type Done, type Refused, type Scene } from './act-scene.ts';
import { FROM_GUESTS, FROM_HOSTS } from './people.ts';
import { newId } from './world.ts';

/** A guest writes; the host answers. Of the second hardly any provider tells. */
export const messageActs: Acts<'message' | 'reply'> = {
  message: (scene) => write(scene, true),
  reply: (scene) => write(scene, false),
};

/** A message moves `latestActivityOn` and leaves `updatedOn` as it is: the trap that a scan by activity must survive. */
function write(scene: Scene, incoming: boolean): Done | Refused {
  const { account, command, now, clock } = scene;
  const reservation = choose(scene, ({ status }) => status !== 'cancelled');
  if (isRefused(reservation)) return reservation;
  const { conversationId, listingId, id: reservationId } = reservation;
  const body = command.body ?? account.chance.pick(incoming ? FROM_GUESTS : FROM_HOSTS);
  const id = newId(account, 'message');
  const message = { id, conversationId, reservationId, listingId, body, incoming, at: clock };
  account.messages.push(message);
  account.reservations.get(reservationId)?.set(now, { ...reservation, activityAt: clock });
  return {
    ...{ kind: 'message', id, listings: [] },
    notices: [{ about: 'message', message }],
  };
}
