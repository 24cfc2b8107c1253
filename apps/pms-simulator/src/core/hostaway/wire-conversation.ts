import type { Reservation } from '../reservation.ts';
import { stamp } from '../stamps.ts';
import type { Account, Message } from '../world.ts';
import { CHANNELS } from './channels.ts';
import { wireReservation } from './wire-reservation.ts';

type Wire = Record<string, unknown>;

/** D:includes/_conversation_conversationMessageObject.md, with `channelId`, which receivers have seen in webhooks (NR). */
export function wireMessage(account: Account, message: Message): Wire {
  const channel = account.reservations.get(message.reservationId)?.current?.channel;
  const channelId = channel ? CHANNELS[channel].id : null;
  const at = stamp(message.at);
  return {
    ...{ id: message.id, accountId: account.id, listingMapId: message.listingId, reservationId: message.reservationId },
    ...{ conversationId: message.conversationId, channelId, communicationId: null, airbnbThreadMessageId: null },
    ...{ body: message.body, communicationType: 'channel', status: 'sent' },
    ...{ isIncoming: message.incoming ? 1 : 0, isSeen: message.incoming ? 0 : 1, sentUsingHostaway: message.incoming ? 0 : 1 },
    ...{ hash: message.id.toString(16).padStart(32, '0'), listingTimeZoneName: account.config.timeZone },
    ...{ communicationEvent: null, communicationTimeDelta: null, communicationApplyListingTimeZone: null },
    ...{ communicationAlwaysTrigger: null, date: at, sentChannelDate: at, attachments: [], insertedOn: at, updatedOn: at },
  };
}

/** D:includes/_conversation_conversationObject.md: one conversation a reservation. `messages` oldest first. */
export function wireConversation(account: Account, reservation: Reservation, messages: readonly Message[]): Wire {
  const last = (incoming: boolean): string | null => {
    const message = messages.findLast((one) => one.incoming === incoming);
    return message ? stamp(message.at) : null;
  };
  const { firstName, lastName } = reservation.guest;
  const guestEmail = `guest-${reservation.id}@example.invalid`;
  return {
    ...{
      id: reservation.conversationId,
      accountId: account.id,
      listingMapId: reservation.listingId,
      reservationId: reservation.id,
    },
    ...{
      type: 'host-guest-email',
      recipientEmail: guestEmail,
      recipientName: `${firstName} ${lastName}`.trim(),
      recipientPicture: null,
    },
    ...{ hostEmail: 'someone@example.invalid', guestEmail, hasUnreadMessages: messages.at(-1)?.incoming ? 1 : 0 },
    ...{ messageSentOn: last(false), messageReceivedOn: last(true) },
    conversationMessages: messages.map((message) => wireMessage(account, message)),
    // A string here and a number elsewhere: so it is in the documentation's sample.
    Reservation: {
      ...wireReservation(account, reservation, { resources: false }),
      hostawayReservationId: String(reservation.id),
    },
  };
}
