import type { Command } from 'commander';
import { openSession } from './session.ts';
import { eraseTenant, type Erasing } from './tenant-erase.ts';
import { exportTenant } from './tenant-export.ts';
import { setTenantStatus, type Pausing } from './tenant.ts';
import type { Terminal } from './terminal.ts';

export function addTenant(tenant: Command, terminal: Terminal): void {
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
