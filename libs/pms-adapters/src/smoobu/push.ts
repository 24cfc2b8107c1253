import {
  majorUnits,
  pathSegment,
  PmsError,
  type AccountContext,
  type PushCommand,
  type Pushes,
  type PushOutcome,
  type PushPlan,
} from '@roomwire/pms-port';
import { wireDone } from './wire.ts';

/** A subject is wanted and we have none: so much of the first line. */
const SUBJECT_CHARS = 80;

export const push: Pushes = { kinds: ['rate', 'message'], pushRequests, pushed };

type RateCommand = Extract<PushCommand, { kind: 'rate' }>;
type MessageCommand = Extract<PushCommand, { kind: 'message' }>;

/** Messages one by one; prices in one request an apartment. */
function pushRequests(commands: readonly PushCommand[], account: AccountContext): PushPlan[] {
  const indexed = commands.map((command, index) => ({ command, index }));
  const messages = indexed.flatMap(({ command, index }) => (command.kind === 'message' ? [messageRequest(command, index)] : []));
  const rates = indexed.flatMap(({ command, index }) => (command.kind === 'rate' ? [{ command, index }] : []));
  const ofApartments = [...Map.groupBy(rates, ({ command }) => command.unitType)];
  return [...messages, ...ofApartments.map(([apartment, some]) => ratesRequest(apartment, some, account))];
}

function messageRequest({ conversation, reservation, body }: MessageCommand, index: number): PushPlan {
  const subject = body.split('\n')[0]!.slice(0, SUBJECT_CHARS).toWellFormed();
  const path = `/api/reservations/${pathSegment(reservation ?? conversation)}/messages/send-message-to-guest`;
  return { ...plan('push-message', path, { subject, messageBody: body }), carries: [index], idempotent: false };
}

function ratesRequest(
  apartment: string,
  commands: readonly { command: RateCommand; index: number }[],
  account: AccountContext,
): PushPlan {
  if (!/^\d{1,15}$/.test(apartment)) throw refused('an apartment’s id is a number');
  const operations = commands.map(({ command }) => operationOf(command, account));
  return {
    ...plan('push-rates', '/api/rates', { apartments: [Number(apartment)], operations }),
    carries: commands.map(({ index }) => index),
    idempotent: true,
  };
}

function operationOf({ from, until, ratePlan, price, minimumStay }: RateCommand, { unsaid }: AccountContext): object {
  if (ratePlan !== null) throw refused('there are no rate plans');
  // The provider takes a number for its own currency, whatever that is.
  if (price.currency !== unsaid?.currency) throw refused('the currency is not the account’s');
  return {
    dates: datesOf(from, until),
    daily_price: majorUnits(price.amountMinor, price.currency),
    ...(minimumStay === null ? {} : { min_length_of_stay: minimumStay }),
  };
}

/** One by one: nobody documents how a range is written. */
function datesOf(from: string, until: string): string[] {
  const [first, last] = [Temporal.PlainDate.from(from), Temporal.PlainDate.from(until)];
  const days = first.until(last, { largestUnit: 'days' }).days + 1;
  return Array.from({ length: Math.max(0, days) }, (_, day) => first.add({ days: day }).toString());
}

function plan(operation: string, path: string, body: object) {
  const headers = { 'content-type': 'application/json' };
  return { operation, method: 'POST' as const, path, headers, body: JSON.stringify(body) };
}

function refused(detail: string): PmsError {
  return new PmsError('invalid-request', { provider: 'smoobu', operation: 'push-rate', detail });
}

/** `success` speaks of the whole request. */
function pushed({ carries }: PushPlan, body: unknown): PushOutcome[] {
  const { success } = wireDone.safeParse(body);
  return carries.map(() => (success ? { kind: 'accepted' } : { kind: 'unknown' }));
}
