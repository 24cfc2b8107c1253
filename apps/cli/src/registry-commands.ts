import type { Command } from 'commander';
import { resetConnection, type Reset } from './registry-reset.ts';
import { rebuildRegistry, type AskRebuild } from './registry-rebuild.ts';
import { showHeld, showPast, type Look } from './registry-look.ts';
import { openSession } from './session.ts';
import type { Terminal } from './terminal.ts';

/** `roomwire registry …` */
export function addRegistry(registry: Command, terminal: Terminal): void {
  for (const [name, description, show] of [
    ['get', 'show a record or a room as it was announced last, with the version of each of its facets', showHeld],
    ['history', 'show what is kept of what was announced of it, and what each time changed', showPast],
  ] as const)
    registry
      .command(`${name} <thing>`)
      .description(description)
      .option('--tenant <id>', 'whose; without it all are asked')
      .addHelpText(
        'after',
        `\nExamples:\n  $ roomwire registry ${name} reservation/acme-hostaway/40\n  $ roomwire registry ${name} room/u-0123456789ab --json\n`,
      )
      .action(async (thing: string, _options: unknown, command: Command) => {
        await using session = await openSession(terminal.env);
        await show(session, thing, command.optsWithGlobals<Look>(), terminal);
      });
  registry
    .command('rebuild')
    .description('have Redis filled once more with what STATE holds of a tenant, whose events wait meanwhile')
    .requiredOption('--tenant <id>', 'whose')
    .option('--reason <text>', 'why; kept in the audit')
    .option('--by <name>', 'who decided (USER)')
    .addHelpText('after', '\nExample:\n  $ roomwire registry rebuild --tenant acme --reason "somebody deleted keys in Redis"\n')
    .action(async (_options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await rebuildRegistry(session, command.optsWithGlobals<AskRebuild>(), terminal);
    });
  registry
    .command('reset')
    .description('let what a connection tells from now on outrank what was known, however old its stamps')
    .option('--reason <text>', 'why; kept in the audit')
    .option('--by <name>', 'who decided (USER)')
    .requiredOption('--tenant <id>', 'whose connection')
    .requiredOption('--connection <id>', 'which')
    .addHelpText(
      'after',
      '\nExample:\n  $ roomwire registry reset --tenant acme --connection acme-hostaway --reason "restored from backup"\n',
    )
    .action(async (_options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await resetConnection(session, command.optsWithGlobals<Reset>(), terminal);
    });
}
