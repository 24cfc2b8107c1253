import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { addConnection } from './connection-commands.ts';
import { EXIT, Failure } from './core/failure.ts';
import { addDlq } from './dlq-commands.ts';
import { provisionFrom } from './provision.ts';
import { addReview } from './review-commands.ts';
import { addLooking } from './program-looking.ts';
import { addTenant } from './program-tenant.ts';
import { addRegistry } from './registry-commands.ts';
import { openSession } from './session.ts';
import type { Terminal } from './terminal.ts';
import { addVault } from './vault-commands.ts';
import { linkUnits, listUnits, unlinkUnit, type ChangeUnits, type ListUnits } from './unit.ts';

const LIMIT_MAX = 10_000;

const ENVIRONMENT = `
Environment:
  NATS_URL       NATS servers, comma separated (nats://127.0.0.1:4222)
  NATS_USER      user there (operator)
  NATS_PASSWORD  its password; unset where NATS asks for none
  REDIS_URL      Redis, for \`roomwire doctor\` alone
`;
const EXIT_CODES = `
Exit codes:
${Object.values(EXIT)
  .map(({ code, meaning }) => `  ${code}  ${meaning}`)
  .join('\n')}
`;

/** Runs one command line and answers its exit code; throws nothing. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = programOf(terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.done.code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done.code : EXIT.usage.code;
    const failure =
      error instanceof Failure ? error : new Failure('internal', error instanceof Error ? error.message : 'something failed');
    terminal.err(`roomwire: ${failure.message}\n${failure.advice.map((line) => `  ${line}\n`).join('')}`);
    return EXIT[failure.exit].code;
  }
}

/** Every command with its help and what it does. */
export function programOf(terminal: Terminal): Command {
  const program = new Command('roomwire')
    .description('The operator’s hand: looks at and repairs what Roomwire does.')
    .option('--json', 'print JSON instead of a table')
    .addHelpText('after', `${ENVIRONMENT}${EXIT_CODES}`);
  addDlq(program.command('dlq').description('dead letters: messages that could not be processed'), terminal, count);
  addReview(program.command('review').description('conflicts: facts that cannot all be true, for somebody to look at'), terminal);
  addUnit(program.command('unit').description('units: which providers’ ids mean which door'), terminal);
  addRegistry(program.command('registry').description('what is known of rooms and stays'), terminal);
  addConnection(
    program.command('connection').description('connections: add, check, how far they are read, pause, read all again, remove'),
    terminal,
  );
  addTenant(program.command('tenant').description('tenants: add, pause, export, erase'), terminal);
  addVault(
    program.command('vault').description('the token vault: how credentials stand, new ones, its keys, and who asked it for what'),
    terminal,
    count,
  );
  addProvision(program.command('provision'), terminal);
  addLooking(program, terminal, count);
  for (const command of everyCommand(program))
    command
      .exitOverride()
      .configureHelp({ showGlobalOptions: true })
      .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) })
      .showHelpAfterError(`see roomwire ${command === program ? '' : `${pathOf(command)} `}--help`);
  return program;
}

function addUnit(unit: Command, terminal: Terminal): void {
  unit
    .command('ls')
    .description('list units and what providers call them')
    .option('--tenant <id>', 'of one tenant')
    .option('--property <id>', 'of one property')
    .addHelpText(
      'after',
      '\nExamples:\n  $ roomwire unit ls --tenant acme\n  $ roomwire unit ls --property p-0123456789ab --json\n',
    )
    .action(async (_options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await listUnits(session, command.optsWithGlobals<ListUnits>(), terminal);
    });
  decided(unit.command('link <unit> <other-unit>'))
    .description('make two PMSs’ records of one door one unit: the other’s ids mean the first from now on')
    .option('--tenant <id>', 'where two tenants have units of these ids')
    .addHelpText('after', '\nExample:\n  $ roomwire unit link u-0123456789ab u-ba9876543210 --reason "the same flat"\n')
    .action(async (one: string, other: string, _options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await linkUnits(session, [one, other], command.optsWithGlobals<ChangeUnits>(), terminal);
    });
  decided(unit.command('unlink <connection> <provider-id>'))
    .description('give a provider’s id a unit of its own again')
    .addHelpText('after', '\nExample:\n  $ roomwire unit unlink acme-beds24 7041 --reason "linked by mistake"\n')
    .action(async (connection: string, id: string, _options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await unlinkUnit(session, [connection, id], command.optsWithGlobals<ChangeUnits>(), terminal);
    });
}

const FILE_EXAMPLE = `
Example of a file (secrets may be text, {"env": "NAME"} or {"file": "path"}):
  {"tenants": [{
    "id": "acme", "name": "Acme Stays",
    "defaults": {"timeZone": "Europe/Berlin", "checkIn": "15:00", "checkOut": "11:00"},
    "connections": [{
      "id": "acme-hostaway", "provider": "hostaway", "account": "4711",
      "credentials": {"clientId": "4711", "clientSecret": {"env": "HOSTAWAY_SECRET"}},
      "webhookSecret": {"login": "roomwire", "password": {"file": "/run/secrets/webhook"}}
    }, {
      "id": "acme-beds24", "provider": "beds24",
      "unsaid": {"timeZone": "Europe/Berlin", "currency": "EUR"},
      "credentials": {"refreshToken": {"env": "BEDS24_REFRESH_TOKEN"}},
      "webhookSecret": {"login": "X-Roomwire", "password": {"file": "/run/secrets/beds24"}}
    }]
  }]}

Examples:
  $ roomwire provision tenants.json
  $ roomwire provision tenants.json --json
`;

function addProvision(provision: Command, terminal: Terminal): void {
  provision
    .argument('<file>', 'JSON; see below')
    .description('make tenants, connections and their secrets what a file declares; may be run again at any time')
    .addHelpText('after', FILE_EXAMPLE)
    .action(async (file: string, _options: unknown, command: Command) => {
      await provisionFrom(file, command.optsWithGlobals<{ json?: boolean }>(), terminal);
    });
}

function decided(command: Command): Command {
  return command.option('--reason <text>', 'why; kept in the audit').option('--by <name>', 'who decided (USER)');
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > LIMIT_MAX)
    throw new InvalidArgumentError(`expected a number from 1 to ${LIMIT_MAX}`);
  return value;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap((child) => everyCommand(child))];
}

function pathOf(command: Command): string {
  return command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
