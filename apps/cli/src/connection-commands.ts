import type { Command } from 'commander';
import { backfill, listConnections, setConnectionStatus, type ChangeConnection, type ListConnections } from './connection.ts';
import { openSession } from './session.ts';
import type { Terminal } from './terminal.ts';

/** `roomwire connection …` */
export function addConnection(connection: Command, terminal: Terminal): void {
  connection
    .command('ls')
    .description('list connections, and where the reading of each of their lists stands')
    .option('--tenant <id>', 'of one tenant')
    .addHelpText('after', '\nExamples:\n  $ roomwire connection ls\n  $ watch roomwire connection ls --tenant acme\n')
    .action(async (_options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await listConnections(session, command.optsWithGlobals<ListConnections>(), terminal);
    });
  for (const [name, status, description] of [
    ['pause', 'paused', 'read nothing for a connection: what was to be read waits'],
    ['resume', 'active', 'read for it again'],
  ] as const)
    changing(connection, name, description).action(async (id: string, _options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await setConnectionStatus(session, id, status, command.optsWithGlobals<ChangeConnection>(), terminal);
    });
  changing(connection, 'backfill', 'read everything of a connection once more, when nobody else needs the provider').action(
    async (id: string, _options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await backfill(session, id, command.optsWithGlobals<ChangeConnection>(), terminal);
    },
  );
}

function changing(connection: Command, name: string, description: string): Command {
  return connection
    .command(`${name} <connection>`)
    .description(description)
    .option('--reason <text>', 'why; kept in the audit')
    .option('--by <name>', 'who decided (USER)')
    .addHelpText('after', `\nExample:\n  $ roomwire connection ${name} acme-hostaway --reason "asked by the manager"\n`);
}
