import { Bus, deadLetterById, findDeadLetters, seqOf, type DeadLetter, type NatsConnection } from '@roomwire/jetstream';
import { Failure } from './core/failure.ts';
import { forecastText, shownForecast } from './core/forecast-view.ts';
import { letterText, lettersText, matches, shownLetter, summaryOf } from './core/letter-view.ts';
import type { LetterFilter } from './core/replay-job.ts';
import { Forecaster } from './forecaster.ts';
import type { Session } from './session.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type ListOptions = LetterFilter & { tenant?: string; limit: number; after?: string; json?: boolean };

export async function listLetters({ nc }: Session, options: ListOptions, terminal: Terminal): Promise<void> {
  const tenants = options.tenant === undefined ? await allTenants(nc) : [options.tenant];
  const { letters, more } = await answering(() => gather(nc, tenants, options));
  if (options.json) return terminal.out(`${JSON.stringify({ letters: letters.map(summaryOf), more })}\n`);
  terminal.out(letters.length > 0 ? `${lettersText(letters, terminal.now())}\n` : 'no dead letters\n');
  if (more) terminal.err(`there are more than ${options.limit}: go on with --after ${letters.at(-1)!.id}\n`);
}

/** Oldest first in each tenant; one more than asked for is looked for, to say that there are more. */
async function gather(
  nc: NatsConnection,
  tenants: readonly string[],
  options: ListOptions,
): Promise<{ letters: DeadLetter[]; more: boolean }> {
  const after = options.after === undefined ? undefined : tenantOf(options.after);
  const letters: DeadLetter[] = [];
  for (const id of tenants.filter((each) => after === undefined || each >= after)) {
    const from = id === after ? { fromSeq: seqOf({ id: options.after! }) + 1 } : { fromMs: options.sinceMs };
    for await (const letter of findDeadLetters(nc, id, options, { ...from, headersOnly: true })) {
      if (options.untilMs !== undefined && Date.parse(letter.lastAt) >= options.untilMs) break;
      if (!matches(letter, options)) continue;
      if (letters.length === options.limit) return { letters, more: true };
      letters.push(letter);
    }
  }
  return { letters, more: false };
}

/** Why it died, and what would come of it now. */
export async function showLetter(
  { nc }: Session,
  id: string,
  options: { raw?: boolean; json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const letter = await theLetter(nc, id);
  if (options.raw) return terminal.bytes(letter.data);
  const forecaster = await Forecaster.open(nc, terminal);
  const forecast = await answering(() => forecaster.of(letter)).finally(() => forecaster.close());
  terminal.out(
    options.json
      ? `${JSON.stringify({ ...shownLetter(letter), forecast: shownForecast(forecast) })}\n`
      : `${letterText(letter)}\n\n${forecastText(forecast)}\n`,
  );
}

/** @throws {Failure} usage, not-found, unavailable */
export async function theLetter(nc: NatsConnection, id: string): Promise<DeadLetter> {
  tenantOf(id);
  const letter = await answering(() => deadLetterById(new Bus(nc), id));
  if (letter) return letter;
  throw new Failure('not-found', `there is no dead letter ${id}`, [
    'it may have been dealt with: `roomwire dlq ls` shows those that there are',
  ]);
}

/** Whose letter. @throws {Failure} where it is no letter's id. */
export function tenantOf(id: string): string {
  const tenant = /^([a-z0-9-]+):\d+$/.exec(id)?.[1];
  if (tenant) return tenant;
  throw new Failure('usage', `not the id of a dead letter: ${JSON.stringify(id)}`, [
    '`roomwire dlq ls` prints ids, like acme:42',
  ]);
}
