import type { Notice } from './act-scene.ts';
import { wireMessage } from './wire-conversation.ts';
import { shortened, wireReservation } from './wire-reservation.ts';
import type { Account } from './world.ts';

type Unified = Extract<Notice, { hook: 'unified' }>;

/** {object, event, accountId, data}: not printed in the documentation, agreed by four receivers (SH, NR, IX). */
export function unifiedBody(account: Account, notice: Unified): string {
  const { faults, faultChance } = account;
  const { object, data } =
    notice.event === 'message.received' ? messagePart(account, notice.messageId) : reservationPart(account, notice);
  const content = faultChance.happens(faults.payloadNested) ? { payload: { data } } : { data };
  const body = JSON.stringify({ object, event: notice.event, accountId: account.id, ...content });
  return faultChance.happens(faults.doublyEncoded) ? JSON.stringify(body) : body;
}

type Part = { object: string; data: Record<string, unknown> };

function reservationPart(account: Account, notice: Exclude<Unified, { event: 'message.received' }>): Part {
  const { faults, faultChance } = account;
  const whole = wireReservation(account, notice.reservation, { resources: false });
  const { updatedOn, ...undated } = whole;
  if (faultChance.happens(faults.shortenedBodies)) return { object: 'reservation', data: shortened(whole) };
  return { object: 'reservation', data: faultChance.happens(faults.omitUpdatedOn) ? undated : { ...undated, updatedOn } };
}

function messagePart(account: Account, id: number): Part {
  const message = account.messages.findLast((one) => one.id === id)!;
  const channelId = account.reservations.get(message.reservationId)?.current?.channelId ?? null;
  return { object: 'conversationMessage', data: wireMessage(account, message, channelId) };
}
