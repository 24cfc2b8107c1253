import {
  majorUnits,
  PmsError,
  redact,
  type AccountContext,
  type PushCommand,
  type Pushes,
  type PushOutcome,
  type PushPlan,
} from '@roomwire/pms-port';
import { wireVerdict } from './wire.ts';

/** Items in one POST: far below the documented 10,000 and, with the longest messages, the documented megabyte. */
const NIGHTS_AT_ONCE = 1_000;
const MESSAGES_AT_ONCE = 10;

export const push: Pushes = { kinds: ['availability', 'rate', 'message'], pushRequests, pushed };

function pushRequests(commands: readonly PushCommand[], account: AccountContext): PushPlan[] {
  const [first] = commands;
  const isMessages = first?.kind === 'message';
  const [operation, path] = isMessages ? ['push-messages', '/bookings/messages'] : ['push-calendar', '/inventory/rooms/calendar'];
  const atOnce = isMessages ? MESSAGES_AT_ONCE : NIGHTS_AT_ONCE;
  const items = commands.map((command) => itemOf(command, account));
  return Array.from({ length: Math.ceil(items.length / atOnce) }, (_, part): PushPlan => {
    const sent = items.slice(part * atOnce, (part + 1) * atOnce);
    return {
      ...{ operation, method: 'POST', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent) },
      carries: sent.map((_item, index) => part * atOnce + index),
      // A message that is sent twice is read twice; nights are what they are told to be.
      idempotent: !isMessages,
    };
  });
}

function itemOf(command: PushCommand, { unsaid }: AccountContext): object {
  if (command.kind === 'message') return { bookingId: idOf(command.reservation ?? command.conversation), message: command.body };
  if (command.kind === 'availability') {
    const { unitType, from, until, available, closed } = command;
    const override = closed === null ? {} : { override: closed ? 'blackout' : 'none' };
    return nights(unitType, { from, to: until, ...(available === null ? {} : { numAvail: available }), ...override });
  }
  if (command.kind !== 'rate') throw refused(command.kind, 'no such command');
  const { unitType, ratePlan, from, until, price, minimumStay } = command;
  // The provider takes a number for its own currency, whatever that is.
  if (price.currency !== unsaid?.currency) throw refused('rate', 'the currency is not the account’s');
  const field = ratePlan ?? 'price1';
  if (!/^price([1-9]|1[0-6])$/.test(field)) throw refused('rate', 'rate plans are price1 to price16');
  const minStay = minimumStay === null ? {} : { minStay: minimumStay };
  return nights(unitType, { from, to: until, [field]: majorUnits(price.amountMinor, price.currency), ...minStay });
}

function nights(roomId: string, range: object): object {
  return { roomId: idOf(roomId), calendar: [range] };
}

function idOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw refused('id', 'ids are numbers');
  return Number(text);
}

function refused(operation: string, detail: string): PmsError {
  return new PmsError('invalid-request', { provider: 'beds24', operation: `push-${operation}`, detail });
}

/** 201 even when refused: each item's own verdict counts, in the order of the request. */
function pushed({ carries }: PushPlan, body: unknown): PushOutcome[] {
  const verdicts: unknown[] = Array.isArray(body) && body.length === carries.length ? body : [];
  return carries.map((_command, index) => {
    const verdict = wireVerdict.safeParse(verdicts[index]);
    if (!verdict.success) return { kind: 'unknown' };
    const { success, errors, warnings } = verdict.data;
    if (success) return { kind: 'accepted' };
    // A wrong word comes back with warnings alone.
    const said = [...(errors ?? []), ...(warnings ?? [])].map(({ field, message }) => `${field ?? ''} ${message ?? ''}`.trim());
    return { kind: 'refused', code: 'invalid-request', detail: redact(said.join('; '), []) };
  });
}
