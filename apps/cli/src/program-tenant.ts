import type { Command } from 'commander';
import { openSession } from './session.ts';
import { addOneTenant, listTenants, type AddTenant } from './tenant-add.ts';
import { eraseTenant, type Erasing } from './tenant-erase.ts';
import { exportTenant } from './tenant-export.ts';
import { setTenantStatus, type Pausing } from './tenant.ts';
import type { Terminal } from './terminal.ts';

export function addTenant(tenant: Command, terminal: Terminal): void {
  tenant
    .command('ls')
    .description('list tenants, and how much of each waits and is dead')
    .addHelpText('after', '\nExample:\n  $ roomwire tenant ls\n')
    .action(async (_options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await listTenants(session, command.optsWithGlobals<{ json?: boolean }>(), terminal);
    });
  tenant
    .command('add <tenant>')
    .description('make a tenant, its streams and a token, which is shown this once')
    .requiredOption('--time-zone <zone>', 'of its houses, until a provider tells better: Europe/Berlin')
    .option('--name <text>', 'for people; by default its id')
    .option('--check-in <hour>', 'until a provider tells better', '15:00')
    .option('--check-out <hour>', 'until a provider tells better', '11:00')
    .option('--reason <text>', 'why; kept in the audit')
    .option('--by <name>', 'who decided (USER)')
    .addHelpText('after', '\nExample:\n  $ roomwire tenant add acme --name "Acme Stays" --time-zone Europe/Berlin\n')
    .action(async (id: string, _options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await addOneTenant(session, id, command.optsWithGlobals<AddTenant>(), terminal);
    });
  for (const [name, status, description] of [
    ['pause', 'paused', 'stop working on a tenant: what comes is stored, and done when it is resumed'],
    ['resume', 'active', 'work on it again'],
  ] as const)
    tenant
      .command(`${name} <tenant>`)
      .description(description)
      .option('--reason <text>', 'why; kept in the audit')
      .option('--by <name>', 'who decided (USER)')
      .addHelpText('after', `\nExample:\n  $ roomwire tenant ${name} acme --reason "moves to another system"\n`)
      .action(async (id: string, _options: unknown, command: Command) => {
        await using session = await openSession(terminal.env);
        await setTenantStatus(session, id, status, command.optsWithGlobals<Pausing>(), terminal);
      });
  tenant
    .command('export <tenant>')
    .description('write everything that is held of a tenant, a JSON object a line, without secrets')
    .option('--out <file>', 'a file that is not there yet, or - for standard output', '-')
    .addHelpText('after', EXPORT_HELP)
    .action(async (id: string, _options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await exportTenant(session, id, command.optsWithGlobals<{ out: string }>(), terminal);
    });
  tenant
    .command('erase <tenant>')
    .alias('rm')
    .description('remove everything that is held of a paused tenant, for good; may be run again where it was cut short')
    .requiredOption('--confirm <tenant>', 'its id once more')
    .requiredOption('--reason <text>', 'why; it is what remains, with who and when')
    .option('--by <name>', 'who decided (USER)')
    .addHelpText('after', ERASE_HELP)
    .action(async (id: string, _options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await eraseTenant(session, id, command.optsWithGlobals<Erasing>(), terminal);
    });
}

const EXPORT_HELP = `
The first line names the tenant and the instant, the last counts the entries and holds the SHA-256 of every byte before it:
  $ roomwire tenant export acme --out acme.ndjson
  $ head -n -1 acme.ndjson | sha256sum; tail -n 1 acme.ndjson

Example:
  $ roomwire tenant export acme | gzip > acme.ndjson.gz
`;
const ERASE_HELP = `
Examples:
  $ roomwire tenant pause acme
  $ roomwire tenant export acme --out acme.ndjson
  $ roomwire tenant erase acme --confirm acme --reason "contract ended"
`;
