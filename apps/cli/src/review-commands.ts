import type { Command } from 'commander';
import type { Decision } from './conflicts.ts';
import { rereadConflict, type Reread } from './review-reread.ts';
import { chooseSide, dismissConflict, listConflicts, reopenConflict, showConflict, type ListConflicts } from './review.ts';
import { openSession } from './session.ts';
import type { Terminal } from './terminal.ts';

const WHAT_A_CHOICE_DOES = `
Nothing is written to a provider. Of stays on one unit those that want a night of the chosen one leave the room to it, for as long as
it is there by its dates; where it is not, they are shown as before. Of anything else the choice is remembered and shown.
It holds until a side changes; \`roomwire review reopen\` takes it back.
`;
const WHAT_A_READ_DOES = `
The conflict is \`checking\` until every side that can be read has been, or a minute has passed; then it is open, or over.
`;

export function addReview(review: Command, terminal: Terminal): void {
  review
    .command('ls')
    .description('list open conflicts, and pushes that were refused, oldest first')
    .option('--tenant <id>', 'of one tenant')
    .option('--property <id>', 'of one property')
    .option('--unit <id>', 'of one unit')
    .option('--all', 'also those that are being checked, were decided, or are over')
    .addHelpText('after', '\nExamples:\n  $ roomwire review ls --tenant acme\n  $ roomwire review ls --all --json\n')
    .action(async (_options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await listConflicts(session, command.optsWithGlobals<ListConflicts>(), terminal);
    });
  review
    .command('show <id>')
    .description('show one conflict and its sides')
    .addHelpText('after', '\nExample:\n  $ roomwire review show acme:c-0123456789ab\n')
    .action(async (id: string, _options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await showConflict(session, id, command.optsWithGlobals<{ json?: boolean }>(), terminal);
    });
  decision(review.command('choose <id> <side>'))
    .description('decide which side of a conflict counts; holds until one of its sides changes')
    .addHelpText(
      'after',
      `${WHAT_A_CHOICE_DOES}${example('choose acme:c-0123456789ab acme-hostaway/4711 --reason "she paid first"')}`,
    )
    .action(async (id: string, side: string, _options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await chooseSide(session, [id, side], command.optsWithGlobals<Decision>(), terminal);
    });
  decision(review.command('reread <id>'))
    .description('have the sides of a conflict read again at their providers, at once')
    .option('--wait', 'until it is known what came of it, a minute at most')
    .addHelpText(
      'after',
      `${WHAT_A_READ_DOES}${example('reread acme:c-0123456789ab --wait --reason "the guest says otherwise"')}`,
    )
    .action(async (id: string, _options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await rereadConflict(session, id, command.optsWithGlobals<Reread>(), terminal);
    });
  for (const [name, description, decide] of [
    ['dismiss', 'decide that a conflict is none; holds until one of its sides changes', dismissConflict],
    ['reopen', 'take a decision back', reopenConflict],
  ] as const)
    decision(review.command(`${name} <id>`))
      .description(description)
      .addHelpText('after', example(`${name} acme:c-0123456789ab --reason "one party, two bookings"`))
      .action(async (id: string, _options: unknown, command: Command) => {
        await using session = await openSession(terminal.env);
        await decide(session, id, command.optsWithGlobals<Decision>(), terminal);
      });
}

function decision(command: Command): Command {
  return command.requiredOption('--reason <text>', 'why; kept in the audit').option('--by <name>', 'who decided (USER)');
}

const example = (line: string): string => `\nExample:\n  $ roomwire review ${line}\n`;
