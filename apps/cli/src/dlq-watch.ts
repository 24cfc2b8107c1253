import { filterOf } from '@roomwire/events';
import { Bus, follow, parseDeadLetter, streamOf } from '@roomwire/jetstream';
import { lettersText, matches, summaryOf } from './core/letter-view.ts';
import type { LetterFilter } from './core/replay-job.ts';
import type { Session } from './session.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

/** Tells of letters as they come, until it is stopped. Those that there are already are `ls`’s. */
export async function watchLetters(
  { nc }: Session,
  options: LetterFilter & { tenant?: string; json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const tenants = options.tenant === undefined ? await allTenants(nc) : [options.tenant];
  const bus = new Bus(nc);
  const followers = await answering(() =>
    Promise.all(
      tenants.map(async (tenant) => {
        const last = await bus.lastSeq(streamOf('DEAD', tenant));
        const onMessage = (message: Parameters<typeof parseDeadLetter>[0]): void => {
          const letter = parseDeadLetter(message);
          if (!letter || !isWanted(letter, options)) return;
          terminal.out(options.json ? `${JSON.stringify(summaryOf(letter))}\n` : line(lettersText([letter], terminal.now())));
        };
        return follow(nc, streamOf('DEAD', tenant), filterOf(tenant, 'dead'), { onMessage }, last);
      }),
    ),
  );
  if (!options.json) terminal.err('watching; Ctrl-C ends it\n');
  await new Promise<void>((resolve) => {
    const off = terminal.onStop(() => {
      off();
      resolve();
    });
  });
  await Promise.all(followers.map((follower) => follower.stop()));
}

function isWanted(letter: NonNullable<ReturnType<typeof parseDeadLetter>>, filter: LetterFilter): boolean {
  const { stage, provider, reason, cause } = filter;
  return (
    matches(letter, filter) &&
    (stage === undefined || letter.stage === stage || letter.stage.startsWith(`${stage}-`)) &&
    (provider === undefined || letter.provider === provider) &&
    (reason === undefined || letter.reason === reason) &&
    (cause === undefined || letter.fingerprint === cause)
  );
}

/** Without the titles, which would stand above every line. */
const line = (text: string): string => `${text.split('\n')[1]}\n`;
