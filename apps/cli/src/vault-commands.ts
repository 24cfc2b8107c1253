import { Option, type Command } from 'commander';
import { openSession } from './session.ts';
import type { Terminal } from './terminal.ts';
import { listAudit, type ListAudit } from './vault-audit.ts';
import { listKeys, rotateKeys, type RotateKeys } from './vault-keys.ts';

const VERDICTS = ['asked', 'done', 'refused', 'counted'];

/** `roomwire vault …` */
export function addVault(vault: Command, terminal: Terminal, count: (text: string) => number): void {
  const keys = vault.command('keys').description('data keys, which seal, and what wraps them');
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
