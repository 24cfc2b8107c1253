import type { Command } from 'commander';
import { backfill, listConnections, setConnectionStatus, type ChangeConnection, type ListConnections } from './connection.ts';
import { addOneConnection, type AddConnection } from './connection-add.ts';
import { checkConnection } from './connection-check.ts';
import { removeConnection, type RemoveConnection } from './connection-removal.ts';
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
  addAdd(connection, terminal);
  connection
    .command('check <connection>')
    .description('say whether a connection works, and what to do where it does not')
    .addHelpText('after', '\nExample:\n  $ roomwire connection check acme-hostaway\n')
    .action(async (id: string, _options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await checkConnection(session, id, command.optsWithGlobals<{ json?: boolean }>(), terminal);
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
  connection
    .command('rm <connection>')
    .description('remove a connection that is not active, with its secrets; what it has told stays')
    .requiredOption('--confirm <connection>', 'its id once more')
    .requiredOption('--reason <text>', 'why; kept in the audit')
    .option('--by <name>', 'who decided (USER)')
    .addHelpText('after', RM_HELP)
    .action(async (id: string, _options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await removeConnection(session, id, command.optsWithGlobals<RemoveConnection>(), terminal);
    });
}

function addAdd(connection: Command, terminal: Terminal): void {
  connection
    .command('add <connection>')
    .description('make a connection, try its credentials, and say what to set at the provider')
    .requiredOption('--tenant <id>', 'whose')
    .requiredOption('--provider <name>', 'hostaway, beds24, smoobu, cloudbeds, mews or internal')
    .option('--account <id>', 'the provider’s name for the account')
    .option('--base-url <url>', 'of the provider’s API, where it is not the public one')
    .option('--units-of <connection>', 'of an internal connection: whose units it speaks of')
    .option('--time-zone <zone>', 'where the provider does not tell it')
    .option('--currency <code>', 'where the provider does not tell it')
    .option('--credentials <file>', 'JSON, each field a secret or where to find it; - is standard input')
    .option('--webhook-secret <file>', 'JSON: {"login": …, "password": …} or {"key": …}; - is standard input')
    .option('--gateway <url>', 'where the gateway is reached from outside, for the webhook address that is printed')
    .option('--reason <text>', 'why; kept in the audit')
    .option('--by <name>', 'who decided (USER)')
    .addHelpText('after', ADD_HELP)
    .action(async (id: string, _options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await addOneConnection(session, id, command.optsWithGlobals<AddConnection>(), terminal);
    });
}

const ADD_HELP = `
Secrets are never on the command line. A file may name where they are: {"clientId": "4711", "clientSecret": {"env": "HOSTAWAY_SECRET"}}.

Examples:
  $ roomwire connection add acme-hostaway --tenant acme --provider hostaway --account 4711 --credentials new.json --webhook-secret hook.json
  $ echo '{"refreshToken": {"env": "TOKEN"}}' | roomwire connection add acme-beds24 --tenant acme --provider beds24 --credentials -
`;
const RM_HELP = `
Examples:
  $ roomwire connection pause acme-hostaway
  $ roomwire connection rm acme-hostaway --confirm acme-hostaway --reason "moved to another system"
`;

function changing(connection: Command, name: string, description: string): Command {
  return connection
    .command(`${name} <connection>`)
    .description(description)
    .option('--reason <text>', 'why; kept in the audit')
    .option('--by <name>', 'who decided (USER)')
    .addHelpText('after', `\nExample:\n  $ roomwire connection ${name} acme-hostaway --reason "asked by the manager"\n`);
}
