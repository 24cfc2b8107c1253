import { Bus, deadLetterById, listDeadLetters, type DeadLetter } from '@roomwire/jetstream';
import { Failure } from './core/failure.ts';
import { letterText, lettersText, matches, shownLetter, summaryOf, type LetterFilter } from './core/letter-view.ts';
import type { Session } from './session.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type ListOptions = LetterFilter & { tenant?: string; limit: number; json?: boolean };

export async function listLetters({ nc }: Session, options: ListOptions, terminal: Terminal): Promise<void> {
  const tenants = options.tenant === undefined ? await allTenants(nc) : [options.tenant];
  const { letters, more } = await answering(() => gather(new Bus(nc), tenants, options));
  if (options.json) return terminal.out(`${JSON.stringify({ letters: letters.map(summaryOf), more })}\n`);
  terminal.out(letters.length > 0 ? `${lettersText(letters, terminal.now())}\n` : 'no dead letters\n');
  if (more) terminal.err(`there are more than ${options.limit}: --limit shows more of them\n`);
}

/** Oldest first in each tenant; one more than asked for is looked for, to say that there are more. */
async function gather(
  bus: Bus,
  tenants: readonly string[],
  options: ListOptions,
): Promise<{ letters: DeadLetter[]; more: boolean }> {
  const letters: DeadLetter[] = [];
  for (const id of tenants)
    for await (const letter of listDeadLetters(bus, id, Infinity)) {
      if (!matches(letter, options)) continue;
      if (letters.length === options.limit) return { letters, more: true };
      letters.push(letter);
    }
  return { letters, more: false };
}

export async function showLetter(
  { nc }: Session,
  id: string,
  options: { raw?: boolean; json?: boolean },
  terminal: Terminal,
): Promise<void> {
  if (!/^[a-z0-9-]+:\d+$/.test(id))
    throw new Failure('usage', `not the id of a dead letter: ${JSON.stringify(id)}`, [
      '`roomwire dlq ls` prints ids, like acme:42',
    ]);
  const letter = await answering(() => deadLetterById(new Bus(nc), id));
  if (!letter)
    throw new Failure('not-found', `there is no dead letter ${id}`, [
      'it may have been dealt with: `roomwire dlq ls` shows those that there are',
    ]);
  if (options.raw) return terminal.bytes(letter.data);
  terminal.out(options.json ? `${JSON.stringify(shownLetter(letter))}\n` : `${letterText(letter)}\n`);
}
