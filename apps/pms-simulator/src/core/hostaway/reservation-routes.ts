import { drifted, visibleAt, visibleStamp, visibleReservations, type Call, type Route } from '../route.ts';
import type { Message } from '../world.ts';
import { fail, isSet, paged, success } from './answer.ts';
import { queryReservations } from './reservation-query.ts';
import { wireConversation, wireMessage } from './wire-conversation.ts';
import { wireReservation } from './wire-reservation.ts';

export const reservationRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/reservations',
    answer(call) {
      const { items, page } = queryReservations(visibleReservations(call), call.request.query, (offset) => drifted(call, offset));
      const view = { resources: isSet(call.request.query, 'includeResources') };
      return success(
        items.map((one) => wireReservation(call.account, one, view)),
        page,
      );
    },
  },
  {
    method: 'GET',
    path: '/v1/reservations/:id',
    answer(call) {
      const [id = 0] = call.ids;
      const found = call.account.reservations.get(id)?.asOf(visibleAt(call));
      if (!found) return fail(404, `Reservation ${id} not found`);
      return success(wireReservation(call.account, found, { resources: isSet(call.request.query, 'includeResources') }));
    },
  },
  { method: 'GET', path: '/v1/reservations/:id/conversations', answer: (call) => conversations(call, call.ids[0]) },
  {
    method: 'GET',
    path: '/v1/conversations',
    answer: (call) =>
      conversations(call, call.request.query.has('reservationId') ? Number(call.request.query.get('reservationId')) : undefined),
  },
  {
    method: 'GET',
    path: '/v1/conversations/:id',
    answer(call) {
      const reservation = visibleReservations(call).find(({ conversationId }) => conversationId === call.ids[0]);
      if (!reservation) return fail(404, `Conversation ${call.ids[0]} not found`);
      return success(wireConversation(call.account, reservation, messagesOf(call, reservation.conversationId)));
    },
  },
  {
    method: 'GET',
    path: '/v1/conversations/:id/messages',
    answer(call) {
      const messages = messagesOf(call, call.ids[0]);
      return paged(
        messages.map((message) => wireMessage(call.account, message)),
        call.request.query,
      );
    },
  },
  {
    method: 'GET',
    path: '/v1/conversations/:id/messages/:id',
    answer(call) {
      const message = messagesOf(call, call.ids[0]).find(({ id }) => id === call.ids[1]);
      if (!message) return fail(404, `Message ${call.ids[1]} not found`);
      return success(wireMessage(call.account, message));
    },
  },
];

const messagesOf = (call: Call, conversationId: number | undefined): Message[] =>
  call.account.messages.filter((message) => message.conversationId === conversationId && message.at <= visibleStamp(call));

/** Only those in which somebody has written. */
function conversations(call: Call, reservationId: number | undefined): ReturnType<typeof paged> {
  const written = new Set(call.account.messages.map((message) => message.reservationId));
  const found = visibleReservations(call).filter(
    ({ id }) => written.has(id) && (reservationId === undefined || id === reservationId),
  );
  return paged(
    found.map((one) => wireConversation(call.account, one, messagesOf(call, one.conversationId))),
    call.request.query,
  );
}
