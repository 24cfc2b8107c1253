import { InvalidArgumentError, Option, type Command } from 'commander';
import { momentOf } from './core/moment.ts';
import { listLetters, showLetter, type ListOptions } from './dlq.ts';
import { dropLetters, type DropOptions } from './dlq-drop.ts';
import { replayLetters, type ReplayOptions } from './dlq-replay.ts';
import { showStats, type StatsOptions } from './dlq-stats.ts';
import { watchLetters } from './dlq-watch.ts';
import { openSession, type Session } from './session.ts';
import type { Terminal } from './terminal.ts';

type Count = (text: string) => number;

const REPAIRS = `
A letter's facts are never edited. Fix the mapping and replay, or have it read again: what a read said more than a day ago is not
applied but asked for anew. A letter that is older than what is known changes nothing, and is reported superseded.
Whatever came to an end leaves the dead letters: replayed, superseded, reread; what fails again is there as one letter, the new one.
`;

/** `roomwire dlq …` */
export function addDlq(dlq: Command, terminal: Terminal, count: Count): void {
  addLooks(dlq, terminal, count);
  addRepairs(dlq, terminal, count);
}

function addLooks(dlq: Command, terminal: Terminal, count: Count): void {
  ofTenant(filtered(dlq.command('ls').description('list dead letters, oldest first'), terminal))
    .option('--limit <n>', 'at most so many', count, 50)
    .option('--after <id>', 'from the letter after this one on')
    .addHelpText(
      'after',
      '\nExamples:\n  $ roomwire dlq ls --tenant acme --since 2h\n  $ roomwire dlq ls --reason schema --provider hostaway --json\n',
    )
    .action(acting(terminal, (session, _none, options: ListOptions) => listLetters(session, options, terminal)));
  ofTenant(found(dlq.command('stats').description('how many dead letters, by cause, tenant, stage, provider and age')))
    .addHelpText('after', '\nExamples:\n  $ roomwire dlq stats\n  $ roomwire dlq stats --tenant acme --stage registry\n')
    .action(acting(terminal, (session, _none, options: StatsOptions) => showStats(session, options, terminal)));
  dlq
    .command('show <id>')
    .description('show one dead letter: why, where, when, the message with its secrets masked, and what a replay would change')
    .option('--raw', 'the original bytes as they came, secrets included, and nothing else')
    .addHelpText('after', '\nExamples:\n  $ roomwire dlq show acme:42\n  $ roomwire dlq show acme:42 --raw > message.json\n')
    .action(
      acting(terminal, (session, [id], options: { raw?: boolean; json?: boolean }) =>
        showLetter(session, id as string, options, terminal),
      ),
    );
  ofTenant(filtered(dlq.command('watch').description('tell of dead letters as they come, until Ctrl-C'), terminal))
    .addHelpText('after', '\nExample:\n  $ roomwire dlq watch --tenant acme\n')
    .action(acting(terminal, (session, _none, options: ListOptions) => watchLetters(session, options, terminal)));
}

function addRepairs(dlq: Command, terminal: Terminal, count: Count): void {
  chosen(
    dlq.command('replay [ids...]').description('send dead letters again where they came from, and tell what becomes of each'),
    terminal,
  )
    .option('--dry-run', 'only tell what would become of each, by the services’ own functions; nothing is sent')
    .option('--rate <n>', 'letters a second', rate, 50)
    .option('--max <n>', 'at most so many letters', count)
    .option('--canary <n>', 'the first so many go alone; only if each comes to a good end do the others follow', count)
    .option('--stop-on-failure', 'send no more once a letter has failed again')
    .option('--resume <job>', 'go on with a replay that was cut short')
    .option('--reason <text>', 'why; kept in the audit')
    .option('--by <name>', 'who decided (USER)')
    .addHelpText(
      'after',
      `${REPAIRS}
Examples:
  $ roomwire dlq replay acme:42 --dry-run
  $ roomwire dlq replay --tenant acme --cause 0123456789ab --canary 10 --rate 100 --reason "mapping fixed"
  $ roomwire dlq replay --tenant acme --resume r01234567
`,
    )
    .action(
      acting(terminal, (session, [ids], options: ReplayOptions) => replayLetters(session, ids as string[], options, terminal)),
    );
  chosen(dlq.command('drop [ids...]').description('remove dead letters for good; asks first'), terminal)
    .requiredOption('--reason <text>', 'why; kept in the audit')
    .option('--by <name>', 'who decided (USER)')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  $ roomwire dlq drop --tenant acme --cause 0123456789ab --reason "a test account"\n')
    .action(acting(terminal, (session, [ids], options: DropOptions) => dropLetters(session, ids as string[], options, terminal)));
}

/** Runs with a session, and with the options that stand anywhere. */
function acting<O>(terminal: Terminal, act: (session: Session, args: unknown[], options: O) => Promise<void>) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    await using session = await openSession(terminal.env);
    const { since, until, ...options } = command.optsWithGlobals<{ since?: number; until?: number }>();
    await act(session, given.slice(0, -2), { ...options, sinceMs: since, untilMs: until } as O);
  };
}

const ofTenant = (command: Command): Command =>
  command
    .option('--tenant <id>', 'of one tenant')
    .addOption(new Option('--all', 'of all tenants (the default)').conflicts('tenant'));

/** What the broker finds by itself. */
const found = (command: Command, reason = '--reason'): Command =>
  command
    .option('--stage <name>', 'that died in this stage: a service, or one of its consumers (normalizer, registry-bulk, …)')
    .option(`${reason} <code>`, 'with this reason code')
    .option('--provider <name>', 'that came from this provider')
    .option('--cause <fingerprint>', 'of this cause');

function filtered(command: Command, terminal: Terminal, reason?: string): Command {
  const moment = (text: string): number => {
    const ms = momentOf(text, terminal.now());
    if (ms === undefined) throw new InvalidArgumentError('expected 30m, 2h, 3d or an instant like 2026-11-21T05:00:00Z');
    return ms;
  };
  return found(command, reason)
    .option('--connection <id>', 'of this connection')
    .option('--kind <kind>', 'about entities of this kind (reservation, rate, …), where the message says')
    .addOption(new Option('--since <when>', 'that died then or later').argParser(moment))
    .addOption(new Option('--until <when>', 'that died before then').argParser(moment));
}

const chosen = (command: Command, terminal: Terminal): Command =>
  // `--reason` says why it is done, as it does everywhere.
  filtered(command, terminal, '--reason-code')
    .option('--tenant <id>', 'of this tenant')
    .option('--all', 'all letters of the tenant');

function rate(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 10_000)) throw new InvalidArgumentError('expected a number above 0, at most 10000');
  return value;
}
