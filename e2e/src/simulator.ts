import type { Ready } from './fleet.ts';
import { dayFromNow, post } from './hostaway-webhook.ts';

/** `act`, `faults`, `accounts`. What cannot be done now (409) is answered with an error, and nothing else. */
export async function simulate(ready: Ready, path: string, body: object): Promise<Record<string, unknown>> {
  const send = () => post(`${ready.simulator}/__simulator/${path}`, JSON.stringify(body), {});
  const answer = await send().catch((error: unknown) => {
    if (!isReset(error)) throw error;
    return send();
  });
  if (answer.status >= 500 || answer.status === 400) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** A kept connection that the simulator closed while this process stood still. An act that it may have done already is done twice, in its ledger too. */
const isReset = (error: unknown): boolean =>
  error instanceof Error && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNRESET';

export type Booked = { id: number; listings: number[] };

/** A stay that is on now, whatever stands there; `more`: of the act `book`. */
export async function book(ready: Ready, accountId: number, more: Record<string, unknown> = {}): Promise<Booked> {
  const stay = { guestName: 'Grace Hopper', arrivalDate: dayFromNow(-1), departureDate: dayFromNow(2), status: 'new' };
  const booked = await simulate(ready, 'act', { act: 'book', accountId, overlap: true, ...stay, ...more });
  if (booked['act'] !== 'book') throw new Error(`nothing was booked: ${JSON.stringify(booked)}`);
  return { id: (booked['object'] as { id: number }).id, listings: booked['listings'] as number[] };
}
