import type { Command } from 'commander';
import { listDecisions, type ListDecisions } from './audit-list.ts';
import { verifyAudit } from './audit-verify.ts';
import { examine, type Examine } from './doctor.ts';
import { openSession } from './session.ts';
import type { Terminal } from './terminal.ts';
import { trace, type Trace } from './trace.ts';

/** What only looks, over all parts: `roomwire trace`, `doctor`, `audit`. */
export function addLooking(program: Command, terminal: Terminal, count: (text: string) => number): void {
  program
    .command('trace <id>')
    .description('say where something that came in is now, hop by hop, with times')
    .option('--tenant <id>', 'whose; without it all are asked')
    .addHelpText('after', TRACE_HELP)
    .action(async (id: string, _options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await trace(session, id, command.optsWithGlobals<Trace>(), terminal);
    });
  program
    .command('doctor')
    .description('look at every dependency and every setting that is not safe, and say what to do')
    .option('--nats-monitor <url>', 'monitoring of nats-server, which alone tells how it writes to the disk')
    .option('--ready <url>', 'a service to ask whether it is ready; may be given several times', collected, [])
    .addHelpText('after', DOCTOR_HELP)
    .action(async (_options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      await examine(session, command.optsWithGlobals<Examine>(), terminal);
    });
  program
    .command('audit')
    .description('list what people decided, of all tenants and of the vault, by time')
    .option('--tenant <id>', 'of one tenant')
    .option('--by <name>', 'who decided')
    .option('--limit <n>', 'the newest so many', count, 50)
    .option('--verify', 'say whether the trail of commands and of the vault is as it was written, and nothing else')
    .addHelpText(
      'after',
      '\nExamples:\n  $ roomwire audit --tenant acme\n  $ roomwire audit --by ada --json\n  $ roomwire audit --verify\n',
    )
    .action(async (_options: unknown, command: Command) => {
      await using session = await openSession(terminal.env);
      const { verify, ...options } = command.optsWithGlobals<ListDecisions & { verify?: boolean }>();
      if (verify) await verifyAudit(session, options, terminal);
      else await listDecisions(session, options, terminal);
    });
}

const collected = (url: string, before: string[]): string[] => [...before, url];

const TRACE_HELP = `
A receipt stands in the gateway's answer, in dead letters, logs and changes; an event's id is 40 of 0-9 and a-f. Stamps are of the clock
of whoever made them.

Examples:
  $ roomwire trace 019a9b5e-7d30-7a31-9a3e-1f2b3c4d5e6f
  $ roomwire trace 019a9b5e-7d30-7a31-9a3e-1f2b3c4d5e6f --tenant acme --json
`;
const DOCTOR_HELP = `
REDIS_URL has Redis looked at too. What cannot be looked at is said to be not seen, and not to be in order. Ends with 7 where anything
is in danger.

Examples:
  $ roomwire doctor
  $ REDIS_URL=redis://127.0.0.1:6379 roomwire doctor --nats-monitor http://127.0.0.1:8222 --ready http://127.0.0.1:4103
`;
