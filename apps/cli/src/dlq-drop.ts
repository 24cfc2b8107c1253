import { Bus, removeDeadLetter, type DeadLetter } from '@roomwire/jetstream';
import { audit, byOf } from './audit.ts';
import { Failure } from './core/failure.ts';
import { chosen, type ChooseOptions } from './dlq-replay.ts';
import { lettersOf } from './replay-letters.ts';
import type { Session } from './session.ts';
import { answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type DropOptions = ChooseOptions & { reason: string; by?: string; yes?: boolean };

/** Letters that one entry of the audit names. */
const NAMED = 200;

/** For good: what they say is lost, unless a provider says it again. Each is named in the audit, by its receipt too, before it goes. */
export async function dropLetters(
  { nc }: Session,
  ids: readonly string[],
  options: DropOptions,
  terminal: Terminal,
): Promise<void> {
  const choice = await chosen(nc, ids, options);
  const { tenant } = choice;
  const bus = new Bus(nc);
  const letters: Pick<DeadLetter, 'id' | 'tenant' | 'receipt'>[] = [];
  await answering(async () => {
    for await (const { id, receipt } of lettersOf(nc, choice)) letters.push({ id, tenant, receipt });
  });
  if (letters.length > 0) await confirm(letters.length, options, terminal);
  let dropped = 0;
  await answering(async () => {
    for (let from = 0; from < letters.length; from += NAMED) {
      const some = letters.slice(from, from + NAMED);
      const named = some.map(({ id, receipt }) => ({ id, receipt }));
      await audit(bus, tenant, 'dlq', { action: 'drop', by: byOf(options, terminal), reason: options.reason, letters: named });
      const gone = await Promise.all(some.map((letter) => removeDeadLetter(bus, letter)));
      dropped += gone.filter(Boolean).length;
    }
  });
  terminal.out(options.json ? `${JSON.stringify({ tenant, dropped })}\n` : `${dropped} letters of ${tenant} dropped\n`);
}

async function confirm(count: number, { yes }: DropOptions, terminal: Terminal): Promise<void> {
  if (yes) return;
  const typed = await terminal.ask(`${count} letters are dropped for good. Type ${count} to go on: `);
  if (typed === undefined) throw new Failure('usage', 'nobody is there to be asked', ['--yes drops them unasked']);
  if (typed.trim() !== String(count)) throw new Failure('refused', 'nothing was dropped');
}
