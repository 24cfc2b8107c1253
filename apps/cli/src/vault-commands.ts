import { Option, type Command } from 'commander';
import { openSession } from './session.ts';
import type { Terminal } from './terminal.ts';
import { listAudit, type ListAudit } from './vault-audit.ts';
import { reauthorise, type Reauthorise } from './vault-reauthorise.ts';
import { showStatus, type ShowStatus } from './vault-status.ts';
import { listKeys, rotateKeys, type RotateKeys } from './vault-keys.ts';

const REAUTHORISE_EXAMPLES = `
Examples:
  $ roomwire vault reauthorise acme-hostaway --credentials new.json --reason "they changed it"
  $ echo '{"refreshToken": {"env": "BEDS24_REFRESH_TOKEN"}}' | roomwire vault reauthorise acme-beds24 --credentials -
  $ roomwire vault reauthorise acme-cloudbeds --code-grant
`;
const VERDICTS = ['asked', 'done', 'refused', 'counted'];

/** `roomwire vault …` */
export function addVault(vault: Command, terminal: Terminal, count: (text: string) => number): void {
  addStatus(vault, terminal);
  addReauthorise(vault, terminal);
  addKeys(vault.command('keys').description('data keys, which seal, and what wraps them'), terminal);
  vault
    .command('audit')
    .description('what was changed and refused, and how often tokens were leased; oldest first')
    .option('--tenant <id>', 'of one tenant')
    .option('--connection <id>', 'of one connection')
    .addOption(new Option('--verdict <verdict>', 'only these').choices(VERDICTS))
    .option('--limit <n>', 'the newest so many', count, 50)
    .option('--verify', 'say whether the whole trail is as it was written, and nothing else')
    .addHelpText(
      'after',
      '\nExamples:\n  $ roomwire vault audit --tenant acme --verdict refused\n  $ roomwire vault audit --verify\n',
    )
    .action(async (_options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await listAudit(session, command.optsWithGlobals<ListAudit>(), terminal);
    });
}

function addStatus(vault: Command, terminal: Terminal): void {
  vault
    .command('status [connection]')
    .description('how credentials stand: kind, state, since when and why, until when tokens are good, and what seals them')
    .option('--tenant <id>', 'of one tenant')
    .addHelpText('after', '\nExamples:\n  $ roomwire vault status\n  $ roomwire vault status acme-cloudbeds --json\n')
    .action(async (connection: string | undefined, _options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await showStatus(session, connection, command.optsWithGlobals<ShowStatus>(), terminal);
    });
}

function addReauthorise(vault: Command, terminal: Terminal): void {
  vault
    .command('reauthorise <connection>')
    .description('put new credentials in and try them at once: ends a lapse')
    .option(
      '--credentials <file>',
      'JSON as in a provisioning file, each field a secret or where to find it; - is standard input',
    )
    .option(
      '--code-grant',
      'print where a person agrees in a browser; the application’s own credentials are those held, or given',
    )
    .option('--reason <text>', 'why; kept in the audit')
    .option('--by <name>', 'who decided (USER)')
    .addHelpText('after', REAUTHORISE_EXAMPLES)
    .action(async (connection: string, _options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await reauthorise(session, connection, command.optsWithGlobals<Reauthorise>(), terminal);
    });
}

function addKeys(keys: Command, terminal: Terminal): void {
  keys
    .command('ls')
    .description('list data keys, and how many values are under each')
    .addHelpText('after', '\nExample:\n  $ roomwire vault keys ls\n')
    .action(async (_options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await listKeys(session, command.optsWithGlobals<{ json?: boolean }>(), terminal);
    });
  keys
    .command('rotate')
    .description('make a new data key; everything is sealed anew in the background, then the old key is removed')
    .option('--watch', 'stay until that is done')
    .option('--reason <text>', 'why; kept in the audit')
    .option('--by <name>', 'who decided (USER)')
    .addHelpText(
      'after',
      '\nExamples:\n  $ roomwire vault keys rotate --watch\n  $ roomwire vault keys rotate --reason "somebody left"\n',
    )
    .action(async (_options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await rotateKeys(session, command.optsWithGlobals<RotateKeys>(), terminal);
    });
}
