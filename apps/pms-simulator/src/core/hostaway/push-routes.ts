import { z } from 'zod';
import { isRefused, type Done } from '../act-scene.ts';
import type { Cleaning } from '../housekeeping.ts';
import { pushed, pushedAs } from '../push.ts';
import { setRates } from '../rates.ts';
import { jsonOf, type Answer } from '../request.ts';
import type { Call, Route } from '../route.ts';
import { isDate } from '../stamps.ts';
import { listingOf } from '../world.ts';
import { fail, success } from './answer.ts';
import { wireMessage } from './wire-conversation.ts';
import { wireTask } from './wire-task.ts';

const date = z.string().refine(isDate, 'expected YYYY-MM-DD');
const flag = z.union([z.literal(0), z.literal(1)]);
/** Documented: 200 at most (D:`includes/_calendar_batchCalendarUpdate.md`). */
const intervals = z
  .array(
    z.object({
      ...{ startDate: date, endDate: date, isAvailable: flag.optional(), desiredUnitsToSell: z.number().int().min(0).optional() },
      ...{ price: z.number().min(0).optional(), minimumStay: z.number().int().min(0).optional() },
    }),
  )
  .min(1)
  .max(200);
const message = z.object({
  body: z.string().min(1),
  communicationType: z.enum(['email', 'channel', 'sms', 'whatsapp']).optional(),
});
const task = z.object({ status: z.enum(['pending', 'confirmed', 'inProgress', 'completed', 'cancelled']) });

export const pushRoutes: readonly Route[] = [
  { method: 'PUT', path: '/v1/listings/:id/calendarIntervals', answer: setCalendar },
  {
    method: 'POST',
    path: '/v1/conversations/:id/messages',
    answer(call) {
      const asked = message.safeParse(jsonOf(call.request));
      if (!asked.success) return fail(400, asked.error.issues[0]!.message);
      const { account } = call;
      const stay = [...account.reservations.values()].find(({ current }) => current?.conversationId === call.ids[0])?.current;
      const sent = stay && pushed(call, { act: 'reply', reservation: stay.id, body: asked.data.body });
      if (!sent || isRefused(sent)) return fail(404, `Conversation ${call.ids[0]} not found`);
      return success(
        wireMessage(
          account,
          account.messages.find(({ id }) => id === sent.id)!,
        ),
      );
    },
  },
  { method: 'PUT', path: '/v1/tasks/:id', answer: setTask },
];

/** All or nothing. A listing of one door goes by `isAvailable`, one of several by how many are to be sold; here: none, or as many as are free. */
function setCalendar(call: Call): Answer {
  const listing = listingOf(call.account, call.ids[0] ?? 0);
  if (!listing) return fail(404, `Listing ${call.ids[0]} not found`);
  const asked = intervals.safeParse(jsonOf(call.request));
  if (!asked.success) return fail(400, `${asked.error.issues[0]!.path.join('.')}: ${asked.error.issues[0]!.message}`);
  for (const { startDate: from, endDate: until, isAvailable, desiredUnitsToSell, price, minimumStay: minStay } of asked.data) {
    const toSell = listing.units.length > 0 ? desiredUnitsToSell : isAvailable;
    const closed = toSell === undefined ? undefined : toSell === 0;
    const said = Object.entries({ price, minStay, closed }).filter(([, value]) => value !== undefined);
    pushedAs(call, 'rates', ({ account }): Done => {
      setRates(account, listing, { from, until }, Object.fromEntries(said));
      const notices = [{ about: 'rates', listing, unitId: null, from, until } as const];
      return { kind: 'rates', id: listing.id, listings: [listing.id], notices };
    });
  }
  return success([]);
}

function setTask(call: Call): Answer {
  const known = call.account.cleanings.get(call.ids[0] ?? 0);
  const stay = known && call.account.reservations.get(known.reservationId)?.current;
  if (!known || !stay) return fail(404, `Task ${call.ids[0]} not found`);
  const asked = task.safeParse(jsonOf(call.request));
  if (!asked.success) return fail(400, 'no such status');
  pushedAs(call, 'task', ({ account, clock }): Done => {
    const { status } = asked.data;
    const started = status === 'inProgress' || status === 'completed' ? (known.startedAt ?? clock) : null;
    const next: Cleaning = { ...known, status, startedAt: started, completedAt: status === 'completed' ? clock : null };
    account.cleanings.set(known.id, next);
    return { kind: 'task', id: known.id, listings: [stay.listingId], notices: [] };
  });
  return success(wireTask(call.account, call.account.cleanings.get(known.id)!, stay));
}
